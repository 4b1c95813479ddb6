import {
  type AnyEvent,
  accountIdSchema,
  JobCharged,
  JobRequested,
  MediaLost,
  MediaStored,
  PredictionCompleted,
  PredictionStarted,
  parseDelivery,
} from "@vsl/events";
import type { SQSEvent, SQSRecord } from "aws-lambda";
import type { hears } from "../src/hears.ts";
import type { JobRequest } from "../src/job.ts";

export const local = accountIdSchema.parse("local");
export const jobRequest: JobRequest = JobRequested.payload.parse(JobRequested.example);
export const jobId = jobRequest.jobId;

type HeardDefinition = (typeof hears)[number];

/** The body of a queue's message, as EventBridge writes it. */
export function bodyOf(event: AnyEvent, payload: unknown = event.example, replayName?: string): string {
  return JSON.stringify({
    source: `vsl.${event.announcedBy}`,
    "detail-type": event.name,
    ...(replayName && { "replay-name": replayName }),
    detail: {
      id: "0b9f1c1a-0000-8000-8000-000000000001",
      version: event.version,
      correlationId: jobId,
      occurredAt: "2026-11-20T10:30:05.000Z",
      payload,
    },
  });
}

export const delivery = <D extends HeardDefinition>(event: D, change: object = {}, replayName?: string) =>
  parseDelivery([event] as const, bodyOf(event, { ...Object(event.example), ...change }, replayName));

export const started = delivery(PredictionStarted);
export const failed = delivery(PredictionCompleted, {
  outcome: "failed",
  outputs: [],
  error: { code: "prediction_failed", message: "NSFW content detected." },
});
export const stored = delivery(MediaStored);
export const lost = delivery(MediaLost);
export const charged = delivery(JobCharged);

/** What a queue hands to a function. */
export function batchOf(...bodies: string[]): SQSEvent {
  const record = (body: string, index: number): SQSRecord => ({
    messageId: `message-${index}`,
    receiptHandle: `receipt-${index}`,
    body,
    attributes: {
      ApproximateReceiveCount: "1",
      SentTimestamp: "0",
      SenderId: "events",
      ApproximateFirstReceiveTimestamp: "0",
    },
    messageAttributes: {},
    md5OfBody: "",
    eventSource: "aws:sqs",
    eventSourceARN: "arn:aws:sqs:us-east-1:000000000000:intake",
    awsRegion: "us-east-1",
  });
  return { Records: bodies.map(record) };
}
