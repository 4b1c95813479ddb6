import { z } from "zod";
import type { Report } from "../report.ts";
import type { Context } from "./context.ts";
import type { Deliveries } from "./deliveries.ts";
import { asReplayed, readEvent } from "./event.ts";
import type { Publisher } from "./publish.ts";

export interface ReplayRunner {
  /** A replay that is running already takes notice of its changed state. */
  start(name: string): void;
  /** Takes up what an earlier process left unfinished, where it stopped. */
  resume(): void;
  close(): Promise<void>;
}

interface RunnerParts {
  context: Context;
  publisher: Publisher;
  deliveries: Deliveries;
  report: Report;
}

const replayRow = z.object({
  name: z.string(),
  archiveId: z.string(),
  bus: z.string(),
  filterArns: z.string(),
  eventStart: z.number(),
  eventEnd: z.number(),
  state: z.string(),
  cursorTime: z.number(),
  cursorSeq: z.number(),
});
const archivedRow = z.object({ seq: z.number(), time: z.number(), event: z.string() });

const sliceMs = 60_000;
const chunk = 200;

/** Walks an archive by event time, a minute at a time, and hands each event to the rules once more. */
export function createReplayRunner({ context, publisher, deliveries, report }: RunnerParts): ReplayRunner {
  const { store, now } = context;
  const { db } = store;
  const selectReplay = db.prepare(`
    select name, archive_id as archiveId, bus, filter_arns as filterArns, event_start as eventStart,
      event_end as eventEnd, state, cursor_time as cursorTime, cursor_seq as cursorSeq from replays where name = ?`);
  const selectEvents = db.prepare(`
    select seq, time, event from archived_events
    where archive_id = ? and (time, seq) > (?, ?) and time >= ? and time < ? order by time, seq limit ${chunk}`);
  const archiveExists = db.prepare("select 1 from archives where id = ?");
  const busExists = db.prepare("select 1 from buses where name = ?");
  const advance = db.prepare(`
    update replays set state = case state when 'STARTING' then 'RUNNING' else state end,
      cursor_time = ?, cursor_seq = ?, last_event_time = ? where name = ?`);
  const end = db.prepare("update replays set state = ?, state_reason = ?, ended_at = ? where name = ?");

  const running = new Map<string, { done: Promise<void>; nudge: PromiseWithResolvers<void> }>();
  let closed = false;

  async function run(name: string, nudged: Promise<void>): Promise<void> {
    try {
      do {
        // Whoever cancels a replay does not wait for its target to take what is due.
        await Promise.race([deliveries.roomForReplay(), nudged]);
        // Lets other work of the process in between two chunks.
        await new Promise(setImmediate);
      } while (!closed && (await step(name)));
    } catch (error) {
      report({ level: "ERROR", message: `the replay ${name} failed`, error });
      if (!closed) end.run("FAILED", "Internal error", now(), name);
    } finally {
      running.delete(name);
    }
  }

  /** One chunk and the progress that it makes are one transaction. True when there may be more. */
  async function step(name: string): Promise<boolean> {
    const replay = replayRow.parse(selectReplay.get(name));
    const finish = (state: string, reason: string | null = null) => {
      end.run(state, reason, now(), name);
      return false;
    };
    if (replay.state === "CANCELLING") return finish("CANCELLED");
    if (archiveExists.get(replay.archiveId) === undefined) return finish("FAILED", "The archive was deleted.");
    if (busExists.get(replay.bus) === undefined) return finish("FAILED", "The event bus was deleted.");
    const events = z
      .array(archivedRow)
      .parse(
        selectEvents.all(replay.archiveId, replay.cursorTime, replay.cursorSeq, replay.eventStart, replay.eventEnd),
      );
    const [first] = events;
    if (first === undefined) return finish("COMPLETED");
    const slice = events.filter(({ time }) => Math.floor(time / sliceMs) === Math.floor(first.time / sliceMs));
    const last = slice.at(-1) ?? first;
    const filters = z.array(z.string()).parse(JSON.parse(replay.filterArns));
    const onlyRules = filters.length > 0 ? new Set(filters) : undefined;
    const plans = slice.flatMap(
      ({ event, time }) => publisher.plan(replay.bus, readEvent(asReplayed(event, name), time), onlyRules) ?? [],
    );
    await store.commit(() => {
      publisher.write(plans);
      advance.run(last.time, last.seq, last.time, name);
    });
    deliveries.wake(plans.flatMap((plan) => plan.deliveries));
    return true;
  }

  function start(name: string): void {
    running.get(name)?.nudge.resolve();
    if (closed || running.has(name)) return;
    const nudge = Promise.withResolvers<void>();
    running.set(name, { nudge, done: run(name, nudge.promise) });
  }

  return {
    start,
    resume() {
      const unfinished = db
        .prepare("select name from replays where state in ('STARTING', 'RUNNING', 'CANCELLING')")
        .all();
      for (const { name } of z.array(z.object({ name: z.string() })).parse(unfinished)) start(name);
    },
    async close() {
      closed = true;
      await Promise.all([...running.values()].map(({ done }) => done));
    },
  };
}
