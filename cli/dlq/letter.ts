import type { Message } from "@aws-sdk/client-sqs";
import { z } from "zod";

/** A dead letter, and why it is one. */
export interface Letter {
  messageId: string;
  receiptHandle: string;
  body: string;
  /** What the body is, where it can be read. */
  event: string | null;
  jobId: string | null;
  reason: string;
  tried: number;
  /** When this message was sent to the queue that it is in, or to the one that it was moved from; epoch milliseconds. */
  sentAt: number;
}

/** As the services, and EventBridge's rules, tell why they gave up. */
const attributesSchema = z.record(z.string(), z.object({ StringValue: z.string().optional() })).transform((all) => ({
  code: all["ERROR_CODE"]?.StringValue,
  message: all["ERROR_MESSAGE"]?.StringValue,
  tried: all["RECEIVE_COUNT"]?.StringValue ?? all["RETRY_ATTEMPTS"]?.StringValue,
}));

const bodySchema = z.object({
  "detail-type": z.string(),
  detail: z.object({ payload: z.object({ jobId: z.string() }).optional().catch(undefined) }).catch({}),
});

/** Without a reason of its own, SQS moved it: it came `maxReceives` times, and failed each time. */
export function readLetter(message: Message, maxReceives: number): Letter {
  const { code, message: said, tried } = attributesSchema.parse(message.MessageAttributes ?? {});
  const body = message.Body ?? "";
  const read = bodySchema.safeParse(parseJson(body));
  return {
    messageId: message.MessageId ?? "",
    receiptHandle: message.ReceiptHandle ?? "",
    body,
    event: read.data?.["detail-type"] ?? null,
    jobId: read.data?.detail.payload?.jobId ?? null,
    reason:
      said === undefined ? "failed every time: the service's log says why" : [code, said].filter(Boolean).join(": "),
    tried: tried === undefined ? (said === undefined ? maxReceives : 1) : Number(tried),
    sentAt: Number(message.Attributes?.SentTimestamp ?? 0),
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export interface Selection {
  messages: readonly string[];
  jobs: readonly string[];
  events: readonly string[];
}

/** Whether a letter is among those that were asked for; all are when nothing was. */
export function isSelected({ messageId, jobId, event }: Letter, { messages, jobs, events }: Selection): boolean {
  const matches = (wanted: readonly string[], own: string | null) =>
    wanted.length === 0 || (own !== null && wanted.includes(own));
  return matches(messages, messageId) && matches(jobs, jobId) && matches(events, event);
}
