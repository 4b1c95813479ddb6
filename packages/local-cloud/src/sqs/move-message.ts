import type { MessageStore, StoredMessage } from "./message-store.ts";
import type { Queue } from "./queue-store.ts";

interface Move {
  from: Queue;
  to: Queue;
  now: number;
}

/**
 * What a redrive policy does to a message that was received too often. It keeps its id, the time it was sent and its receive
 * count. Only in a FIFO queue does the retention period start anew. A new row: an old receipt handle no longer finds it.
 */
export function moveToDeadLetterQueue(messages: MessageStore, message: StoredMessage, { from, to, now }: Move): void {
  messages.remove(message.id);
  messages.add({
    ...contentOf(message),
    messageId: message.messageId,
    queueId: to.id,
    sourceArn: from.arn,
    sentAt: message.sentAt,
    retainedSince: to.fifo ? now : message.retainedSince,
    visibleAt: now,
    receiveCount: message.receiveCount,
    firstReceivedAt: message.firstReceivedAt,
  });
}

/** What a message move task does: to its new queue the message is a new one, with a new id. */
export function moveByTask(
  messages: MessageStore,
  message: StoredMessage,
  { to, now, messageId }: Omit<Move, "from"> & { messageId: string },
): void {
  messages.remove(message.id);
  messages.add({
    ...contentOf(message),
    messageId,
    queueId: to.id,
    sourceArn: null,
    sentAt: now,
    retainedSince: now,
    visibleAt: now + to.delaySeconds * 1000,
    receiveCount: 0,
    firstReceivedAt: null,
  });
}

const contentOf = ({ body, attributes, traceHeader, groupId, deduplicationId }: StoredMessage) => ({
  body,
  attributes,
  traceHeader,
  groupId,
  deduplicationId,
});
