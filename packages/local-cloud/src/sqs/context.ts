import type { Commit } from "./group-commit.ts";
import type { MessageStore } from "./message-store.ts";
import type { QueueStore } from "./queue-store.ts";
import type { AttemptStore } from "./receive-attempts.ts";

/** What every operation works with. */
export interface SqsContext {
  account: string;
  queueUrl: (name: string) => string;
  /** Epoch milliseconds. */
  now: () => number;
  commit: Commit;
  queues: QueueStore;
  messages: MessageStore;
  attempts: AttemptStore;
  /** Says that a queue may have a message to receive. */
  wake: (queueId: number) => void;
}

interface CallOptions {
  signal?: AbortSignal;
}

export type Operation = (input: Record<string, unknown>, options: CallOptions) => unknown;
