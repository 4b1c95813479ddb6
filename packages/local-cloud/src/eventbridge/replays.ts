import { z } from "zod";
import { AwsError } from "../endpoint/aws-error.ts";
import { findArchive } from "./archives.ts";
import { archiveArn, busArn, isBusArn, replayArn } from "./arns.ts";
import { requireBus } from "./buses.ts";
import { type Context, epochSeconds } from "./context.ts";
import {
  alreadyExists,
  description,
  limitExceeded,
  notFound,
  type Operations,
  paging,
  parseInput,
  resourceName,
  someArn,
  validationError,
} from "./input.ts";
import { pageOf } from "./paging.ts";
import type { ReplayRunner } from "./replay-runner.ts";

const maximumActiveReplays = 10;

const states = ["STARTING", "RUNNING", "CANCELLING", "COMPLETED", "CANCELLED", "FAILED"] as const;
const activeStates: readonly string[] = ["STARTING", "RUNNING", "CANCELLING"];

const replayRow = z.object({
  name: z.string(),
  archiveName: z.string(),
  bus: z.string(),
  description: z.string().nullable(),
  filterArns: z.string(),
  eventStart: z.number(),
  eventEnd: z.number(),
  state: z.enum(states),
  stateReason: z.string().nullable(),
  startedAt: z.number(),
  endedAt: z.number().nullable(),
  lastEventTime: z.number().nullable(),
});
type Replay = z.infer<typeof replayRow>;

const replayInput = z.object({ ReplayName: resourceName(64) });
const startInput = replayInput.extend({
  Description: description.optional(),
  EventSourceArn: someArn,
  /** Epoch seconds. */
  EventStartTime: z.number(),
  EventEndTime: z.number(),
  Destination: z.object({ Arn: someArn, FilterArns: z.array(someArn).optional() }),
});
const listInput = paging.extend({
  NamePrefix: resourceName(64).optional(),
  State: z.enum(states).optional(),
  EventSourceArn: someArn.optional(),
});

export function createReplays(context: Context, runner: ReplayRunner): Operations {
  const { store, place, now } = context;
  const { db } = store;
  const selectAll = db.prepare(`
    select name, archive_name as archiveName, bus, description, filter_arns as filterArns, event_start as eventStart,
      event_end as eventEnd, state, state_reason as stateReason, started_at as startedAt, ended_at as endedAt,
      last_event_time as lastEventTime
    from replays order by name`);
  const insert = db.prepare(`
    insert into replays (name, archive_name, archive_id, bus, description, filter_arns, event_start, event_end, state,
      started_at, cursor_time, cursor_seq) values (?, ?, ?, ?, ?, ?, ?, ?, 'STARTING', ?, ?, 0)`);

  const list = () => z.array(replayRow).parse(selectAll.all());

  function requireReplay(name: string): Replay {
    const replay = list().find((candidate) => candidate.name === name);
    if (replay === undefined) throw notFound(`Replay ${name} does not exist.`);
    return replay;
  }

  const optionalTime = (epochMs: number | null) => (epochMs === null ? undefined : epochSeconds(epochMs));
  const describe = (replay: Replay) => ({
    ReplayName: replay.name,
    EventSourceArn: archiveArn(place, replay.archiveName),
    State: replay.state,
    StateReason: replay.stateReason ?? undefined,
    EventStartTime: epochSeconds(replay.eventStart),
    EventEndTime: epochSeconds(replay.eventEnd),
    EventLastReplayedTime: optionalTime(replay.lastEventTime),
    ReplayStartTime: epochSeconds(replay.startedAt),
    ReplayEndTime: optionalTime(replay.endedAt),
  });

  return {
    StartReplay(input) {
      const { ReplayName, EventSourceArn, Destination, Description, ...times } = parseInput(startInput, input);
      const from = Math.round(times.EventStartTime * 1_000);
      const to = Math.round(times.EventEndTime * 1_000);
      if (!isBusArn(Destination.Arn)) {
        throw validationError("Parameter Destination.Arn is not valid. Reason: Must contain an event bus ARN.");
      }
      const bus = requireBus(context, Destination.Arn);
      const archiveName = EventSourceArn.replace(/^.*[:/]/, "");
      const archive = findArchive(context, archiveName);
      if (archive === undefined) {
        throw validationError(`Parameter EventSourceArn is not valid. Reason: Archive ${archiveName} does not exist.`);
      }
      if (archive.bus !== bus) {
        throw validationError(
          "Parameter Destination.Arn is not valid. Reason: Cross event bus replay is not permitted.",
        );
      }
      if (from >= to) {
        throw validationError(
          "Parameter EventEndTime is not valid. Reason: EventStartTime must be before EventEndTime.",
        );
      }
      const replays = list();
      if (replays.some(({ name }) => name === ReplayName)) throw alreadyExists(`Replay ${ReplayName} already exists.`);
      if (replays.filter(({ state }) => activeStates.includes(state)).length >= maximumActiveReplays) {
        throw limitExceeded();
      }
      const filters = JSON.stringify(Destination.FilterArns ?? []);
      const startedAt = now();
      insert.run(ReplayName, archive.name, archive.id, bus, Description ?? null, filters, from, to, startedAt, from);
      runner.start(ReplayName);
      return { ReplayArn: replayArn(place, ReplayName), State: "STARTING", ReplayStartTime: epochSeconds(startedAt) };
    },

    DescribeReplay(input) {
      const replay = requireReplay(parseInput(replayInput, input).ReplayName);
      const filters = z.array(z.string()).parse(JSON.parse(replay.filterArns));
      return {
        ...describe(replay),
        ReplayArn: replayArn(place, replay.name),
        Description: replay.description ?? undefined,
        Destination: { Arn: busArn(place, replay.bus), FilterArns: filters.length > 0 ? filters : undefined },
      };
    },

    ListReplays(input) {
      const { NamePrefix, State, EventSourceArn, ...limits } = parseInput(listInput, input);
      if ([NamePrefix, EventSourceArn, State].filter((filter) => filter !== undefined).length > 1) {
        throw validationError(
          "At most one filter is allowed for ListReplays. Use either : State, EventSourceArn, or NamePrefix.",
        );
      }
      const wanted = list().filter(
        (replay) =>
          replay.name.startsWith(NamePrefix ?? "") &&
          (State === undefined || replay.state === State) &&
          (EventSourceArn === undefined || archiveArn(place, replay.archiveName) === EventSourceArn),
      );
      const { page, NextToken } = pageOf(wanted, ({ name }) => name, limits);
      return { Replays: page.map(describe), NextToken };
    },

    CancelReplay(input) {
      const { name, state } = requireReplay(parseInput(replayInput, input).ReplayName);
      if (state !== "STARTING" && state !== "RUNNING") {
        throw new AwsError("IllegalStatusException", `Replay ${name} is not in a valid state for this operation.`);
      }
      db.prepare("update replays set state = 'CANCELLING' where name = ?").run(name);
      runner.start(name);
      return { ReplayArn: replayArn(place, name), State: "CANCELLING" };
    },
  };
}
