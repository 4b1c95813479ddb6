import type { DatabaseSync } from "node:sqlite";
import { z } from "zod";
import type { Queue } from "./queue-store.ts";

const message = z.object({
  id: z.number(),
  queueId: z.number(),
  messageId: z.string(),
  body: z.string(),
  attributes: z.string(),
  traceHeader: z.string().nullable(),
  groupId: z.string().nullable(),
  deduplicationId: z.string().nullable(),
  sourceArn: z.string().nullable(),
  sentAt: z.number(),
  retainedSince: z.number(),
  visibleAt: z.number(),
  receipt: z.string().nullable(),
  receiveCount: z.number(),
  receivedAt: z.number().nullable(),
  firstReceivedAt: z.number().nullable(),
});
export type StoredMessage = z.infer<typeof message>;

const newMessage = message.omit({ id: true, receipt: true, receivedAt: true });
/** What a message is made of before it has been stored; `attributes` is JSON. Times are epoch milliseconds. */
type NewMessage = z.infer<typeof newMessage>;

const sqlName = (field: string) => field.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
const selected = Object.keys(message.shape)
  .map((field) => `${sqlName(field)} AS ${field}`)
  .join(", ");
const insertedFields = Object.keys(newMessage.shape);

const counts = z.object({ visible: z.number(), inFlight: z.number(), delayed: z.number() });
const nextTime = z.object({ at: z.number().nullable() });

export type MessageStore = ReturnType<typeof createMessageStore>;

export function createMessageStore(database: DatabaseSync) {
  const add = database.prepare(
    `INSERT INTO messages (${insertedFields.map(sqlName).join(", ")}) VALUES (${insertedFields.map((field) => `:${field}`).join(", ")})`,
  );
  const get = database.prepare(`SELECT ${selected} FROM messages WHERE id = ? AND queue_id = ?`);
  const visible = database.prepare(
    `SELECT ${selected} FROM messages WHERE queue_id = ? AND visible_at <= ? ORDER BY visible_at, id LIMIT ?`,
  );
  // A group waits while one of its messages is in flight, and behind an earlier one that is still delayed.
  const visibleInGroups = database.prepare(
    `WITH locked AS MATERIALIZED (
       SELECT DISTINCT group_id FROM messages WHERE queue_id = :queueId AND visible_at > :now AND receipt IS NOT NULL
     )
     SELECT ${selected} FROM messages AS mine INDEXED BY messages_in_order
     WHERE queue_id = :queueId AND group_id IS NOT NULL AND group_id NOT IN locked AND visible_at <= :now
       AND NOT EXISTS (
         SELECT 1 FROM messages AS earlier INDEXED BY messages_by_group
         WHERE earlier.queue_id = :queueId AND earlier.group_id = mine.group_id
           AND earlier.visible_at > :now AND earlier.id < mine.id
       )
     ORDER BY id LIMIT :limit`,
  );
  const take = database.prepare(
    `UPDATE messages SET visible_at = :visibleAt, receipt = :receipt, receive_count = receive_count + 1,
       received_at = :now, first_received_at = coalesce(first_received_at, :now) WHERE id = :id`,
  );
  const hide = database.prepare("UPDATE messages SET visible_at = ? WHERE id = ?");
  const drop = database.prepare("DELETE FROM messages WHERE id = ?");
  const dropAll = database.prepare("DELETE FROM messages WHERE queue_id = ?");
  const dropExpired = database.prepare("DELETE FROM messages WHERE queue_id = ? AND retained_since <= ?");
  const delayWaiting = database.prepare(
    "UPDATE messages SET visible_at = sent_at + ? WHERE queue_id = ? AND receipt IS NULL AND receive_count = 0",
  );
  const giveBack = database.prepare(
    "UPDATE messages SET visible_at = :now WHERE queue_id = :queueId AND visible_at > :now AND receipt IS NOT NULL",
  );
  const next = database.prepare("SELECT min(visible_at) AS at FROM messages WHERE queue_id = ? AND visible_at > ?");
  const count = database.prepare(
    `SELECT count(*) FILTER (WHERE visible_at <= :now) AS visible,
       count(*) FILTER (WHERE visible_at > :now AND receipt IS NOT NULL) AS inFlight,
       count(*) FILTER (WHERE visible_at > :now AND receipt IS NULL) AS delayed
     FROM messages WHERE queue_id = :queueId AND retained_since > :retainedAfter`,
  );
  const fullyInFlight = database.prepare(
    "SELECT 1 FROM messages WHERE queue_id = ? AND visible_at > ? AND receipt IS NOT NULL LIMIT 1 OFFSET ?",
  );
  const oldest = (queue: Queue, now: number) => now - queue.retentionSeconds * 1000;

  return {
    /** The number that it answers grows with each message and orders those of a FIFO queue. */
    add: (fresh: NewMessage) => Number(add.run(fresh).lastInsertRowid),
    get(id: number, queue: Queue): StoredMessage | undefined {
      const found = get.get(id, queue.id);
      return found === undefined ? undefined : message.parse(found);
    },
    available(queue: Queue, now: number, limit: number): StoredMessage[] {
      const rows = queue.fifo
        ? visibleInGroups.all({ queueId: queue.id, now, limit })
        : visible.all(queue.id, now, limit);
      return rows.map((row) => message.parse(row));
    },
    take(id: number, receipt: string, { now, visibleAt }: { now: number; visibleAt: number }) {
      take.run({ id, receipt, now, visibleAt });
    },
    hideUntil(id: number, visibleAt: number) {
      hide.run(visibleAt, id);
    },
    remove(id: number) {
      drop.run(id);
    },
    removeAll(queue: Queue) {
      dropAll.run(queue.id);
    },
    removeExpired(queue: Queue, now: number) {
      dropExpired.run(queue.id, oldest(queue, now));
    },
    /** A FIFO queue's new delay holds for what waits in it already, too. */
    delayWaiting(queue: Queue, delaySeconds: number) {
      delayWaiting.run(delaySeconds * 1000, queue.id);
    },
    /** What is in flight is visible again at once. */
    giveBackInFlight(queue: Queue, now: number) {
      giveBack.run({ queueId: queue.id, now });
    },
    /** When the next message that is now hidden shows itself. */
    nextVisibleAt: (queueId: number, now: number) => nextTime.parse(next.get(queueId, now)).at,
    count: (queue: Queue, now: number) =>
      counts.parse(count.get({ queueId: queue.id, now, retainedAfter: oldest(queue, now) })),
    hasInFlight: (queue: Queue, now: number, atLeast: number) =>
      fullyInFlight.get(queue.id, now, atLeast - 1) !== undefined,
  };
}
