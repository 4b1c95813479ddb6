import { join } from "node:path";
import { z } from "zod";
import { openSqlite } from "../../sqlite.ts";

const schema = `
create table if not exists events (
  seq integer primary key, request_id text not null unique, function_name text not null, payload text not null,
  client_context text, accepted_at integer not null, invocations integer not null default 0,
  throttles integer not null default 0, next_at integer not null
) strict;
create index if not exists events_of_function on events (function_name, next_at, seq);
create index if not exists events_by_time on events (next_at);
`;

const queuedEvent = z.object({
  requestId: z.string(),
  functionName: z.string(),
  /** JSON. */
  payload: z.string(),
  clientContext: z.string().nullable(),
  acceptedAt: z.number(),
  /** How often the function has run for it. */
  invocations: z.number(),
  /** How often it was refused for want of concurrency. */
  throttles: z.number(),
  nextAt: z.number(),
});
const columns = `request_id as requestId, function_name as functionName, payload, client_context as clientContext,
  accepted_at as acceptedAt, invocations, throttles, next_at as nextAt`;
const names = z.object({ name: z.string() });
const time = z.object({ at: z.number().nullable() });

export type QueuedEvent = z.infer<typeof queuedEvent>;

/** The events that Lambda has taken and no function has done yet, on the disk. */
export function openEventStore(dataDir: string) {
  const db = openSqlite(join(dataDir, "lambda.sqlite"), schema);
  const insert = db.prepare(
    `insert into events (request_id, function_name, payload, client_context, accepted_at, next_at) values (?, ?, ?, ?, ?, ?)`,
  );
  const due = db.prepare(
    `select ${columns} from events where function_name = ? and next_at <= ? order by next_at, seq limit ?`,
  );
  const postpone = db.prepare("update events set invocations = ?, throttles = ?, next_at = ? where request_id = ?");
  const remove = db.prepare("delete from events where request_id = ?");
  const functionNames = db.prepare("select distinct function_name as name from events");
  const firstAfter = db.prepare("select min(next_at) as at from events where next_at > ?");
  return {
    /** On the disk when it returns. */
    add({
      requestId,
      functionName,
      payload,
      clientContext,
      acceptedAt,
    }: Omit<QueuedEvent, "invocations" | "throttles" | "nextAt">): void {
      insert.run(requestId, functionName, payload, clientContext, acceptedAt, acceptedAt);
    },
    due: (functionName: string, now: number, limit: number): QueuedEvent[] =>
      due.all(functionName, now, limit).map((row) => queuedEvent.parse(row)),
    postpone({ requestId, invocations, throttles, nextAt }: QueuedEvent): void {
      postpone.run(invocations, throttles, nextAt, requestId);
    },
    remove(requestId: string): void {
      remove.run(requestId);
    },
    functionNames: (): string[] => functionNames.all().map((row) => names.parse(row).name),
    firstAfter: (now: number): number | undefined => time.parse(firstAfter.get(now)).at ?? undefined,
    close(): void {
      db.close();
    },
  };
}
