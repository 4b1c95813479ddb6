import { z } from "zod";
import { checkBatch, doEach } from "./batch.ts";
import type { Operation, SqsContext } from "./context.ts";
import { invalidReceiptHandle, invalidValue, missingParameter } from "./errors.ts";
import { readInput } from "./input.ts";
import type { StoredMessage } from "./message-store.ts";
import type { Queue } from "./queue-store.ts";
import { readReceiptHandle } from "./receipt-handle.ts";

const settlement = z.object({ ReceiptHandle: z.string().optional(), VisibilityTimeout: z.int().optional() });
type Settlement = z.infer<typeof settlement>;
const url = z.object({ QueueUrl: z.string().optional() });
const single = settlement.extend(url.shape);
const batch = url.extend({ Entries: z.array(settlement.extend({ Id: z.string().default("") })).default([]) });

const longestMilliseconds = 43_200_000;

export function settleOperations({ queues, messages, commit, now, wake }: SqsContext) {
  /** The message, unless it is gone or was given out again since: then this handle has no say any more. */
  function findByHandle(queue: Queue, handle: string | undefined): StoredMessage | undefined {
    if (!handle) throw missingParameter("ReceiptHandle");
    const { queueId, id, receipt } = readReceiptHandle(handle);
    if (queueId !== queue.id) throw invalidReceiptHandle();
    const message = messages.get(id, queue);
    if (message?.receipt !== receipt) return undefined;
    if (queue.fifo && message.visibleAt <= now()) {
      throw invalidValue(handle, "ReceiptHandle", "The receipt handle has expired.");
    }
    return message;
  }

  /** Succeeds, as on AWS, also where there is nothing left to delete. */
  function remove(queue: Queue, { ReceiptHandle }: Settlement): undefined {
    const message = findByHandle(queue, ReceiptHandle);
    if (message) messages.remove(message.id);
  }

  function changeVisibility(
    queue: Queue,
    { ReceiptHandle: handle, VisibilityTimeout: seconds }: Settlement,
  ): undefined {
    if (seconds === undefined) throw missingParameter("VisibilityTimeout");
    if (seconds < 0 || seconds > 43_200) {
      throw invalidValue(seconds, "VisibilityTimeout", "VisibilityTimeout must be an integer between 0 and 43200.");
    }
    const message = findByHandle(queue, handle);
    if (!message) {
      throw invalidValue(
        handle ?? "",
        "ReceiptHandle",
        "Message does not exist or is not available for visibility timeout change.",
      );
    }
    const visibleAt = now() + seconds * 1000;
    if (visibleAt - (message.receivedAt ?? 0) > longestMilliseconds) {
      throw invalidValue(
        seconds,
        "VisibilityTimeout",
        "Total VisibilityTimeout for the message is beyond the limit [43200 seconds]",
      );
    }
    messages.hideUntil(message.id, visibleAt);
  }

  const one =
    (act: (queue: Queue, settlement: Settlement) => undefined): Operation =>
    async (raw) => {
      const { QueueUrl, ...input } = readInput(single, raw);
      const queue = await commit(() => {
        const queue = queues.require(QueueUrl);
        act(queue, input);
        return queue;
      });
      wake(queue.id);
    };

  const many =
    (act: (queue: Queue, settlement: Settlement) => undefined, entryShape: string): Operation =>
    async (raw) => {
      const { QueueUrl, Entries } = readInput(batch, raw);
      const { queue, outcome } = await commit(() => {
        const queue = queues.require(QueueUrl);
        checkBatch(Entries, entryShape);
        return { queue, outcome: doEach(Entries, (entry) => act(queue, entry)) };
      });
      wake(queue.id);
      return outcome;
    };

  return {
    DeleteMessage: one(remove),
    DeleteMessageBatch: many(remove, "DeleteMessageBatchRequestEntry"),
    ChangeMessageVisibility: one(changeVisibility),
    ChangeMessageVisibilityBatch: many(changeVisibility, "ChangeMessageVisibilityBatchRequestEntry"),
  };
}
