import { JobRequested, jobIdSchema, predictionIdSchema } from "@vsl/events";
import * as z from "zod";
import { outcomeSchema } from "./outcome.ts";

const timestamp = z.iso.datetime();
const since = timestamp.nullable().default(null);

/** What of the request outlives its submission: enough to announce, and no prompt. */
export const requestSchema = JobRequested.payload
  .pick({ accountId: true, userId: true, mediaType: true, modelId: true, requestedAt: true })
  .extend({ correlationId: z.string().min(1) });
export type Request = z.output<typeof requestSchema>;

/** What is sent to Replicate. Forgotten once a prediction has it: it may be large, and it is the caller's. */
export const submissionSchema = JobRequested.payload.pick({ model: true, input: true });
export type Submission = z.output<typeof submissionSchema>;

const tombstone = z.object({
  /** Canceled before its request was heard. */
  state: z.literal("tombstone"),
  jobId: jobIdSchema,
  cancelRequestedAt: timestamp,
});

const waiting = z.object({
  /** No prediction is known for it. */
  state: z.literal("waiting"),
  jobId: jobIdSchema,
  request: requestSchema,
  submission: submissionSchema,
  /** Since when a prediction may exist upstream that we do not know of; null when there certainly is none. */
  attemptedAt: since,
  cancelRequestedAt: since,
  /** Until then, whoever attempts it has it for himself. */
  nextCheckAt: timestamp,
});

const running = z.object({
  state: z.literal("running"),
  jobId: jobIdSchema,
  request: requestSchema,
  predictionId: predictionIdSchema,
  startedAt: timestamp,
  cancelRequestedAt: since,
  nextCheckAt: timestamp,
  checks: z.int().nonnegative().default(0),
  /** Since when upstream answers 404 for it. */
  missingSince: since,
});

const ended = z.object({
  state: z.literal("ended"),
  jobId: jobIdSchema,
  request: requestSchema,
  predictionId: predictionIdSchema.nullable().default(null),
  /** Null when there was no prediction. */
  startedAt: since,
  outcome: outcomeSchema,
  recordedAt: timestamp,
  /** Until when it must be announced, or others do it. */
  nextCheckAt: timestamp,
  isAnnounced: z.boolean().default(false),
});

/** What we know of a job's one prediction. */
export const recordSchema = z.discriminatedUnion("state", [tombstone, waiting, running, ended]);

export type PredictionRecord = z.output<typeof recordSchema>;
export type Waiting = z.output<typeof waiting>;
export type Running = z.output<typeof running>;
export type Ended = z.output<typeof ended>;
