import { createHash, randomUUID } from "node:crypto";
import { z } from "zod";
import { checkBatch, doEach } from "./batch.ts";
import type { Operation, SqsContext } from "./context.ts";
import type { Deduplications } from "./deduplication.ts";
import { batchTooLong } from "./errors.ts";
import { readInput } from "./input.ts";
import { md5OfAttributes } from "./message-attributes.ts";
import { checkContent, type MessageInput, messageBytes, messageInput } from "./message-content.ts";
import type { Queue } from "./queue-store.ts";

const sendInput = messageInput.extend({ QueueUrl: z.string().optional() });
const sendBatchInput = z.object({
  QueueUrl: z.string().optional(),
  Entries: z.array(messageInput.extend({ Id: z.string().default("") })).default([]),
});
const batchLimitBytes = 1_048_576;

/** Twenty digits, like AWS's. */
export const sequenceNumber = (sequence: number) => String(10n ** 19n + BigInt(sequence));

export function sendOperations(
  { queues, messages, commit, now, wake }: SqsContext,
  { deduplications }: { deduplications: Deduplications },
) {
  /** Runs inside a commit. A repeat within the deduplication window answers like the first send and stores nothing. */
  function send(queue: Queue, input: MessageInput) {
    const { delaySeconds, ...content } = checkContent(input, queue);
    const time = now();
    const { groupId, deduplicationId } = content;
    const scope = queue.deduplicatePerGroup ? (groupId ?? "") : "";
    const key = deduplicationId === null ? undefined : { queueId: queue.id, scope, deduplicationId };
    let sent = key && deduplications.find(key, time);
    if (!sent) {
      const messageId = randomUUID();
      const sequence = messages.add({
        ...content,
        queueId: queue.id,
        messageId,
        attributes: JSON.stringify(input.MessageAttributes),
        sourceArn: null,
        sentAt: time,
        retainedSince: time,
        visibleAt: time + delaySeconds * 1000,
        receiveCount: 0,
        firstReceivedAt: null,
      });
      sent = { messageId, sequence };
      if (key) deduplications.add(key, sent, time);
    }
    return {
      MessageId: sent.messageId,
      MD5OfMessageBody: createHash("md5").update(content.body).digest("hex"),
      MD5OfMessageAttributes: md5OfAttributes(input.MessageAttributes),
      MD5OfMessageSystemAttributes: md5OfAttributes(input.MessageSystemAttributes),
      SequenceNumber: queue.fifo ? sequenceNumber(sent.sequence) : undefined,
    };
  }

  const sendMessage: Operation = async (raw) => {
    const { QueueUrl, ...input } = readInput(sendInput, raw);
    const { queue, sent } = await commit(() => {
      const queue = queues.require(QueueUrl);
      return { queue, sent: send(queue, input) };
    });
    wake(queue.id);
    return sent;
  };

  const sendMessageBatch: Operation = async (raw) => {
    const { QueueUrl, Entries } = readInput(sendBatchInput, raw);
    const { queue, outcome } = await commit(() => {
      const queue = queues.require(QueueUrl);
      checkBatch(Entries, "SendMessageBatchRequestEntry");
      const bytes = Entries.reduce((sum, entry) => sum + messageBytes(entry), 0);
      if (bytes > batchLimitBytes) throw batchTooLong(batchLimitBytes, bytes);
      return { queue, outcome: doEach(Entries, (entry) => send(queue, entry)) };
    });
    wake(queue.id);
    return outcome;
  };

  return { SendMessage: sendMessage, SendMessageBatch: sendMessageBatch };
}
