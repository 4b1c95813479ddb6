import type { DatabaseSync } from "node:sqlite";
import { z } from "zod";

const windowMilliseconds = 5 * 60_000;
const first = z.object({ messageId: z.string(), sequence: z.number() });

/** `scope` is the message group where the queue deduplicates in each group by itself, else empty. */
interface Key {
  queueId: number;
  scope: string;
  deduplicationId: string;
}

export type Deduplications = ReturnType<typeof createDeduplications>;

/** What was sent to FIFO queues in the last five minutes. The window begins with the first send; a repeat does not prolong it. */
export function createDeduplications(database: DatabaseSync) {
  const find = database.prepare(
    `SELECT message_id AS messageId, sequence FROM deduplications
     WHERE queue_id = :queueId AND scope = :scope AND deduplication_id = :deduplicationId AND expires_at > :now`,
  );
  const forgetOld = database.prepare("DELETE FROM deduplications WHERE expires_at <= ?");
  const add = database.prepare(
    `INSERT INTO deduplications (queue_id, scope, deduplication_id, message_id, sequence, expires_at)
     VALUES (:queueId, :scope, :deduplicationId, :messageId, :sequence, :expiresAt)`,
  );
  return {
    find({ queueId, scope, deduplicationId }: Key, now: number) {
      const found = find.get({ queueId, scope, deduplicationId, now });
      return found === undefined ? undefined : first.parse(found);
    },
    add({ queueId, scope, deduplicationId }: Key, sent: z.infer<typeof first>, now: number) {
      forgetOld.run(now);
      add.run({ queueId, scope, deduplicationId, ...sent, expiresAt: now + windowMilliseconds });
    },
  };
}
