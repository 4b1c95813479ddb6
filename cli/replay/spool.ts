import { chmodSync, existsSync, mkdirSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { RowChange } from "@vsl/events/preview";
import { z } from "zod";
import { type ReplayRequest, requestSchema } from "./request.ts";

/** How far a replay has come; with the events themselves all that it takes to resume it. */
const stateSchema = z.object({
  request: requestSchema.extend({ from: z.number() }),
  stage: z.string(),
  /** EventBridge takes a replay's name once: each resumption that must read the archive again is an attempt. */
  attempt: z.int(),
  /** From where the next attempt reads; epoch milliseconds. */
  from: z.number(),
  step: z.enum(["reading", "delivering"]),
});
export type ReplayState = z.output<typeof stateSchema>;

/** The later, the more was done. */
const changes = ["equal", "changed", "added"] as const;
export type ChangeCounts = Record<RowChange["change"], number>;

/** As it comes out of the archive; whatever else it says, only its service can read. */
const bodySchema = z.object({
  id: z.string(),
  time: z.string(),
  "detail-type": z.string(),
  detail: z.object({
    id: z.string().optional().catch(undefined),
    payload: z
      .object({ jobId: z.string().optional().catch(undefined), modelId: z.string().optional().catch(undefined) })
      .catch({}),
  }),
});

const countRow = z.tuple([z.object({ count: z.number() })]);
const eventRow = z.object({ id: z.string(), job: z.string(), body: z.string() });
export type SpooledEvent = z.output<typeof eventRow>;

const schema = `
  create table if not exists state (only_one integer primary key check (only_one = 1), value text not null);
  create table if not exists events (id text primary key, fact text not null, job text not null, model text, name text not null,
    time text not null, body text not null, is_delivered integer not null default 0);
  create index if not exists events_of_job on events (job);
  create table if not exists row_changes (name text not null, key text not null, change integer not null, primary key (name, key));
  create table if not exists unreadable (id text primary key, reason text not null);`;

/** Of the announcements of one fact the first is enough: the others say the same under the same id. */
const chosen = `
  select min(rowid) as rowid from events
  where (json_array_length(:events) = 0 or name in (select value from json_each(:events)))
    and (json_array_length(:models) = 0
      or job in (select job from events where model in (select value from json_each(:models))))
  group by fact`;

/** The events of one replay and how far it has come, in one file: prompts are among them, so only its owner reads it. */
export type Spool = ReturnType<typeof openSpool>;

export function openSpool(file: string, initial?: ReplayState) {
  if (!initial && !existsSync(file)) throw new Error(`There is no ${file}`);
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const db = new DatabaseSync(file);
  chmodSync(file, 0o600);
  db.exec("pragma journal_mode = wal; pragma synchronous = normal");
  db.exec(schema);
  const write = (state: ReplayState) =>
    db.prepare("insert or replace into state values (1, ?)").run(JSON.stringify(state));
  if (initial) write(initial);
  const readState = () => {
    const { value } = z.object({ value: z.string() }).parse(db.prepare("select value from state").get());
    return stateSchema.parse(JSON.parse(value));
  };
  const wanted = selectionOf(readState().request);
  const insert = db.prepare(`
    insert or ignore into events (id, fact, job, model, name, time, body) values (?, ?, ?, ?, ?, ?, ?)`);
  const markDelivered = db.prepare("update events set is_delivered = 1 where id = ?");
  const noteChange = db.prepare(`
    insert into row_changes values (?, ?, ?) on conflict do update set change = max(change, excluded.change)`);
  const noteUnreadable = db.prepare("insert or ignore into unreadable values (?, ?)");
  const count = (sql: string, values: Record<string, string> = {}) => {
    const [{ count }] = countRow.parse(db.prepare(sql).all(values));
    return count;
  };

  return {
    state: readState,
    update: (change: Partial<ReplayState>) => void write({ ...readState(), ...change }),

    /** An event that is kept already is kept once. */
    keep(bodies: readonly string[]): void {
      transact(db, () => {
        for (const body of bodies) {
          const { id, time, detail, ...rest } = bodySchema.parse(JSON.parse(body));
          const { jobId = id, modelId = null } = detail.payload;
          insert.run(id, detail.id ?? id, jobId, modelId, rest["detail-type"], time, body);
        }
      });
    },

    counts: () => {
      const read = count("select count(*) as count from events");
      const toReplay = count(`select count(*) as count from (${chosen})`, wanted);
      const replayed = count("select count(*) as count from events where is_delivered");
      return { read, toReplay, replayed, skipped: read - toReplay };
    },

    /** What is still to be delivered of the next jobs, each job whole and in the order of its events, within so many bytes. */
    nextJobs({ maxJobs, maxBytes }: { maxJobs: number; maxBytes: number }): SpooledEvent[] {
      const jobs = db.prepare(`
        select job, sum(length(body)) as bytes from events where rowid in (${chosen}) and not is_delivered
        group by job order by min(time), job limit ${maxJobs}`);
      const found = z.array(z.object({ job: z.string(), bytes: z.number() })).parse(jobs.all(wanted));
      let bytes = 0;
      const fitting = found.filter((each, index) => {
        bytes += each.bytes;
        return index === 0 || bytes <= maxBytes;
      });
      const events = db.prepare(`
        select id, job, body from events where rowid in (${chosen}) and not is_delivered
          and job in (select value from json_each(:jobs)) order by time, rowid`);
      return z.array(eventRow).parse(events.all({ ...wanted, jobs: JSON.stringify(fitting.map(({ job }) => job)) }));
    },

    markDelivered: (ids: readonly string[]) =>
      transact(db, () => {
        for (const id of ids) markDelivered.run(id);
      }),

    /** A row that several jobs share counts once, by the most that is done to it. */
    noteChanges: (rows: readonly RowChange[]) =>
      transact(db, () => {
        for (const { table, key, change } of rows) noteChange.run(table, key, changes.indexOf(change));
      }),

    noteUnreadable: (id: string, reason: string) => void noteUnreadable.run(id, reason),
    unreadable: () =>
      z
        .array(z.object({ reason: z.string(), count: z.number() }))
        .parse(db.prepare("select reason, count(*) as count from unreadable group by reason order by 2 desc").all()),

    changesByTable(): [table: string, counts: ChangeCounts][] {
      const rows = z
        .array(z.object({ name: z.string(), change: z.number(), count: z.number() }))
        .parse(db.prepare("select name, change, count(*) as count from row_changes group by name, change").all());
      return [...Map.groupBy(rows, ({ name }) => name)].map(([name, own]) => {
        const counted = own.map((each) => [changes[each.change], each.count]);
        return [name, { equal: 0, changed: 0, added: 0, ...Object.fromEntries(counted) }];
      });
    },

    close: () => db.close(),
    remove() {
      db.close();
      for (const suffix of ["", "-wal", "-shm"]) rmSync(`${file}${suffix}`, { force: true });
    },
  };
}

const selectionOf = ({ events, models }: Pick<ReplayRequest, "events" | "models">) => ({
  events: JSON.stringify(events),
  models: JSON.stringify(models),
});

function transact(db: DatabaseSync, work: () => void): void {
  db.exec("begin immediate");
  try {
    work();
    db.exec("commit");
  } catch (error) {
    db.exec("rollback");
    throw error;
  }
}
