import type { DatabaseSync } from "node:sqlite";
import { z } from "zod";

const windowMilliseconds = 5 * 60_000;

/** What one attempt got, and until when it hid it. */
const received = z.array(z.object({ id: z.number(), receipt: z.string().nullable(), visibleAt: z.number() }));
export type Received = z.infer<typeof received>;
const row = z.object({ received: z.string() });

export type AttemptStore = ReturnType<typeof createAttemptStore>;

/** Receives from FIFO queues that their callers named, so that one whose answer was lost can be repeated for five minutes. */
export function createAttemptStore(database: DatabaseSync) {
  const find = database.prepare(
    "SELECT received FROM receive_attempts WHERE queue_id = ? AND attempt_id = ? AND expires_at > ?",
  );
  const put = database.prepare(
    "INSERT OR REPLACE INTO receive_attempts (queue_id, attempt_id, received, expires_at) VALUES (?, ?, ?, ?)",
  );
  const forgetOld = database.prepare("DELETE FROM receive_attempts WHERE expires_at <= ?");
  return {
    find(queueId: number, attemptId: string, now: number): Received | undefined {
      const found = find.get(queueId, attemptId, now);
      return found && received.parse(JSON.parse(row.parse(found).received));
    },
    put(attempt: { queueId: number; attemptId: string; received: Received }, now: number) {
      forgetOld.run(now);
      put.run(attempt.queueId, attempt.attemptId, JSON.stringify(attempt.received), now + windowMilliseconds);
    },
  };
}
