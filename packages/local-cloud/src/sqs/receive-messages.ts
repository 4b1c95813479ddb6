import { createHash, randomUUID } from "node:crypto";
import { z } from "zod";
import type { Operation, SqsContext } from "./context.ts";
import { invalidValue, notForThisQueueType, tooManyInFlight, unknownAttribute } from "./errors.ts";
import { readInput } from "./input.ts";
import { md5OfAttributes, messageAttributes, selectAttributes } from "./message-attributes.ts";
import { checkId } from "./message-content.ts";
import type { StoredMessage } from "./message-store.ts";
import { moveToDeadLetterQueue } from "./move-message.ts";
import type { Polls } from "./polls.ts";
import type { Queue } from "./queue-store.ts";
import { writeReceiptHandle } from "./receipt-handle.ts";
import type { Received } from "./receive-attempts.ts";
import { sequenceNumber } from "./send-messages.ts";

const receiveInput = z.object({
  QueueUrl: z.string().optional(),
  MaxNumberOfMessages: z.int().default(1),
  VisibilityTimeout: z.int().optional(),
  WaitTimeSeconds: z.int().optional(),
  AttributeNames: z.array(z.string()).default([]),
  MessageSystemAttributeNames: z.array(z.string()).default([]),
  MessageAttributeNames: z.array(z.string()).default([]),
  ReceiveRequestAttemptId: z.string().optional(),
});

const systemAttributeNames = new Set([
  "All",
  "SenderId",
  "SentTimestamp",
  "ApproximateReceiveCount",
  "ApproximateFirstReceiveTimestamp",
  "SequenceNumber",
  "MessageDeduplicationId",
  "MessageGroupId",
  "AWSTraceHeader",
  "DeadLetterQueueSourceArn",
]);
const inFlightLimit = 120_000;

export interface Take {
  maximum: number;
  visibilityTimeoutSeconds: number;
  /** A FIFO queue answers a repeat of it alike. */
  attemptId: string | undefined;
}

/** Runs inside a commit: gives messages out, and moves those that were given out too often to the dead-letter queue. */
export function takeMessages(context: SqsContext, queue: Queue, take: Take): StoredMessage[] {
  const { messages, attempts, now } = context;
  const time = now();
  messages.removeExpired(queue, time);
  const visibleAt = time + take.visibilityTimeoutSeconds * 1000;
  const { attemptId } = take;
  if (attemptId === undefined) return takeVisible(context, queue, { ...take, time, visibleAt });
  const earlier = attempts.find(queue.id, attemptId, time);
  const taken =
    repeatAttempt(context, queue, { earlier, visibleAt }) ?? takeVisible(context, queue, { ...take, time, visibleAt });
  const received = taken.map(({ id, receipt }) => ({ id, receipt, visibleAt }));
  if (received.length > 0) attempts.put({ queueId: queue.id, attemptId, received }, time);
  return taken;
}

/** The same messages with the same handles, hidden anew; undefined once one of them was settled, hidden otherwise or shown again. */
function repeatAttempt(
  { messages, now }: SqsContext,
  queue: Queue,
  { earlier, visibleAt }: { earlier: Received | undefined; visibleAt: number },
): StoredMessage[] | undefined {
  const untouched = (earlier ?? []).flatMap((received) => {
    const message = messages.get(received.id, queue);
    const same = message?.receipt === received.receipt && message.visibleAt === received.visibleAt;
    return message && same && message.visibleAt > now() ? [message] : [];
  });
  if (earlier === undefined || untouched.length < earlier.length) return undefined;
  for (const { id } of untouched) messages.hideUntil(id, visibleAt);
  return untouched;
}

function takeVisible(
  { queues, messages, wake }: SqsContext,
  queue: Queue,
  { maximum, time, visibleAt }: { maximum: number; time: number; visibleAt: number },
): StoredMessage[] {
  const taken = new Map<number, StoredMessage>();
  for (;;) {
    const wanted = maximum - taken.size;
    const available = messages.available(queue, time, wanted).filter(({ id }) => !taken.has(id));
    let moved = 0;
    for (const message of available) {
      const { redrive } = queue;
      const exhausted = redrive && message.receiveCount >= redrive.maxReceiveCount;
      const to = exhausted ? queues.findByArn(redrive.deadLetterTargetArn) : undefined;
      if (to && to.id !== queue.id) {
        moveToDeadLetterQueue(messages, message, { from: queue, to, now: time });
        wake(to.id);
        moved += 1;
        continue;
      }
      const receipt = randomUUID();
      messages.take(message.id, receipt, { now: time, visibleAt });
      const { receiveCount, firstReceivedAt } = message;
      taken.set(message.id, {
        ...message,
        receipt,
        receiveCount: receiveCount + 1,
        firstReceivedAt: firstReceivedAt ?? time,
      });
    }
    if (moved === 0 || taken.size === maximum) return [...taken.values()];
  }
}

export function receiveOperations(context: SqsContext, polls: Polls<Take, StoredMessage>) {
  const { queues, messages, commit, now, account } = context;

  function systemAttributes(message: StoredMessage, queue: Queue): Record<string, string | null> {
    return {
      SenderId: account,
      SentTimestamp: String(message.sentAt),
      ApproximateReceiveCount: String(message.receiveCount),
      ApproximateFirstReceiveTimestamp: String(message.firstReceivedAt),
      SequenceNumber: queue.fifo ? sequenceNumber(message.id) : null,
      MessageDeduplicationId: message.deduplicationId,
      MessageGroupId: message.groupId,
      AWSTraceHeader: message.traceHeader,
      DeadLetterQueueSourceArn: message.sourceArn,
    };
  }

  function describe(message: StoredMessage, queue: Queue, input: z.infer<typeof receiveInput>) {
    const wanted = new Set([...input.AttributeNames, ...input.MessageSystemAttributeNames]);
    const system = Object.entries(systemAttributes(message, queue)).filter(
      ([name, value]) => value !== null && (wanted.has("All") || wanted.has(name)),
    );
    const own = messageAttributes.parse(JSON.parse(message.attributes));
    const selected = selectAttributes(own, input.MessageAttributeNames);
    return {
      MessageId: message.messageId,
      ReceiptHandle: writeReceiptHandle({ queueId: queue.id, id: message.id, receipt: message.receipt ?? "" }),
      MD5OfBody: createHash("md5").update(message.body).digest("hex"),
      Body: message.body,
      ...(system.length > 0 && { Attributes: Object.fromEntries(system) }),
      ...(Object.keys(selected).length > 0 && {
        MD5OfMessageAttributes: md5OfAttributes(selected),
        MessageAttributes: selected,
      }),
    };
  }

  const receiveMessage: Operation = async (raw, { signal }) => {
    const input = readInput(receiveInput, raw);
    const { queue, received } = await commit(() => {
      const queue = queues.require(input.QueueUrl);
      checkReceive(input, queue);
      if (messages.hasInFlight(queue, now(), inFlightLimit)) {
        if (queue.fifo) return { queue, received: [] };
        throw tooManyInFlight();
      }
      const take: Take = {
        maximum: input.MaxNumberOfMessages,
        visibilityTimeoutSeconds: input.VisibilityTimeout ?? queue.visibilityTimeoutSeconds,
        attemptId: input.ReceiveRequestAttemptId,
      };
      const found = takeMessages(context, queue, take);
      const waitMilliseconds = (input.WaitTimeSeconds ?? queue.receiveWaitSeconds) * 1000;
      // Joined in the same commit that found nothing: a message that is sent right after it finds the poll waiting.
      const waits = found.length === 0 && waitMilliseconds > 0;
      return { queue, received: waits ? polls.join(queue.id, take, { waitMilliseconds, signal }) : found };
    });
    const found = await received;
    return found.length === 0 ? {} : { Messages: found.map((message) => describe(message, queue, input)) };
  };

  return { ReceiveMessage: receiveMessage };
}

function checkReceive(input: z.infer<typeof receiveInput>, queue: Queue): void {
  const { MaxNumberOfMessages: maximum, WaitTimeSeconds: wait, VisibilityTimeout: timeout } = input;
  if (maximum < 1 || maximum > 10) {
    throw invalidValue(maximum, "MaxNumberOfMessages", "Must be between 1 and 10, if provided.");
  }
  if (wait !== undefined && (wait < 0 || wait > 20)) {
    throw invalidValue(wait, "WaitTimeSeconds", "Must be >= 0 and <= 20, if provided.");
  }
  if (timeout !== undefined && (timeout < 0 || timeout > 43_200)) {
    throw invalidValue(timeout, "VisibilityTimeout", "Must be >= 0 and <= 43200, if provided.");
  }
  for (const name of [...input.AttributeNames, ...input.MessageSystemAttributeNames]) {
    if (!systemAttributeNames.has(name)) throw unknownAttribute(name);
  }
  if (input.ReceiveRequestAttemptId === undefined) return;
  if (!queue.fifo) throw notForThisQueueType(input.ReceiveRequestAttemptId, "ReceiveRequestAttemptId");
  checkId(input.ReceiveRequestAttemptId, "ReceiveRequestAttemptId");
}
