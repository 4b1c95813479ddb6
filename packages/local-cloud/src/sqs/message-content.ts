import { createHash } from "node:crypto";
import { z } from "zod";
import {
  invalidMessageContents,
  invalidParameter,
  invalidValue,
  missingParameter,
  notForThisQueueType,
} from "./errors.ts";
import { attributesBytes, checkMessageAttributes, messageAttributes } from "./message-attributes.ts";
import type { QueueSettings } from "./queue-attributes.ts";

export const messageInput = z.object({
  MessageBody: z.string().optional(),
  DelaySeconds: z.int().optional(),
  MessageAttributes: messageAttributes.default({}),
  MessageSystemAttributes: messageAttributes.default({}),
  MessageDeduplicationId: z.string().optional(),
  MessageGroupId: z.string().optional(),
});
export type MessageInput = z.infer<typeof messageInput>;

const forbidden = /[^\t\n\r -\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/u;
const plainId = /^[A-Za-z0-9!"#$%&'()*+,\-./:;<=>?@[\\\]^_`{|}~]{1,128}$/;

export const messageBytes = ({ MessageBody, MessageAttributes }: MessageInput) =>
  Buffer.byteLength(MessageBody ?? "") + attributesBytes(MessageAttributes);

interface Content {
  body: string;
  delaySeconds: number;
  groupId: string | null;
  deduplicationId: string | null;
  traceHeader: string | null;
}

/** Throws what AWS answers to a message that it does not take; fills in what the queue decides. */
export function checkContent(input: MessageInput, queue: QueueSettings): Content {
  const { MessageBody: body, MessageGroupId = null, MessageAttributes } = input;
  if (!body) throw missingParameter("MessageBody");
  const character = forbidden.exec(body)?.[0].codePointAt(0);
  if (character !== undefined) throw invalidMessageContents(character.toString(16).toUpperCase());
  checkMessageAttributes(MessageAttributes);
  if (messageBytes(input) > queue.maximumMessageBytes) {
    throw invalidParameter(
      `One or more parameters are invalid. Reason: Message must be shorter than ${queue.maximumMessageBytes} bytes.`,
    );
  }
  if (MessageGroupId !== null) checkId(MessageGroupId, "MessageGroupId");
  return {
    body,
    delaySeconds: checkDelay(input.DelaySeconds, queue),
    groupId: MessageGroupId,
    deduplicationId: queue.fifo ? fifoDeduplicationId(input, body, queue) : noDeduplicationId(input),
    traceHeader: checkTraceHeader(input),
  };
}

/** Of groups, deduplication and attempts. */
export function checkId(id: string, parameter: string): void {
  if (plainId.test(id)) return;
  throw invalidValue(
    id,
    parameter,
    `${parameter} can only include alphanumeric and punctuation characters. 1 to 128 in length.`,
  );
}

function checkDelay(delaySeconds: number | undefined, queue: QueueSettings): number {
  if (queue.fifo && delaySeconds) throw notForThisQueueType(delaySeconds, "DelaySeconds");
  if (queue.fifo || delaySeconds === undefined) return queue.delaySeconds;
  if (delaySeconds >= 0 && delaySeconds <= 900) return delaySeconds;
  throw invalidValue(delaySeconds, "DelaySeconds", "DelaySeconds must be >= 0 and <= 900.");
}

function fifoDeduplicationId(input: MessageInput, body: string, queue: QueueSettings): string {
  if (input.MessageGroupId === undefined) throw missingParameter("MessageGroupId");
  if (input.MessageDeduplicationId !== undefined) {
    checkId(input.MessageDeduplicationId, "MessageDeduplicationId");
    return input.MessageDeduplicationId;
  }
  if (queue.contentBasedDeduplication) return createHash("sha256").update(body).digest("hex");
  throw invalidParameter(
    "The queue should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly",
  );
}

function noDeduplicationId({ MessageDeduplicationId }: MessageInput): null {
  if (MessageDeduplicationId === undefined) return null;
  throw notForThisQueueType(MessageDeduplicationId, "MessageDeduplicationId");
}

function checkTraceHeader({ MessageSystemAttributes }: MessageInput): string | null {
  const { AWSTraceHeader, ...others } = MessageSystemAttributes;
  const [unknown] = Object.keys(others);
  if (unknown !== undefined) {
    throw invalidParameter(
      `Message system attribute name '${unknown}' is invalid. The only system attribute that can be sent is AWSTraceHeader.`,
    );
  }
  if (AWSTraceHeader === undefined) return null;
  if (AWSTraceHeader.DataType === "String" && AWSTraceHeader.StringValue) return AWSTraceHeader.StringValue;
  throw invalidParameter("Message system attribute 'AWSTraceHeader' must contain a non-empty value of type 'String'.");
}
