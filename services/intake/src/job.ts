import {
  failureSchema,
  JobCharged,
  JobRequested,
  type PayloadOf,
  predictionIdSchema,
  storedMediaSchema,
} from "@vsl/events";
import * as z from "zod";

const timestamp = z.iso.datetime();

/** What a caller asked for, without the input: a prompt or a picture has no business in a status or a cache. */
const requestSchema = JobRequested.payload.omit({ input: true, model: true });

const startedSchema = z.object({ predictionId: predictionIdSchema, startedAt: timestamp });

/** How the job ended; the first ending that is written holds. */
const endingSchema = z.discriminatedUnion("how", [
  z.object({ how: z.literal("stored"), media: z.array(storedMediaSchema).min(1), endedAt: timestamp }),
  z.object({
    how: z.literal("lost"),
    error: failureSchema,
    /** What could be stored all the same. */
    media: z.array(storedMediaSchema),
    endedAt: timestamp,
  }),
  z.object({
    how: z.enum(["failed", "canceled"]),
    error: failureSchema.nullable(),
    predictionId: predictionIdSchema.nullable(),
    startedAt: timestamp.nullable(),
    endedAt: timestamp,
  }),
]);

const chargeSchema = JobCharged.payload.pick({
  revision: true,
  amountMicros: true,
  currency: true,
  basis: true,
  source: true,
});

/**
 * A job is the facts known about it. Each is written once, a charge only over an older one, so they may arrive in any order
 * and any number of times; the status is derived from them and kept nowhere.
 */
export const jobSchema = z.object({
  request: requestSchema,
  started: startedSchema.optional(),
  ending: endingSchema.optional(),
  charge: chargeSchema.optional(),
});

export type JobRequest = PayloadOf<typeof JobRequested>;
export type Job = z.output<typeof jobSchema>;
export type Ending = z.output<typeof endingSchema>;

/** A fact about a job that another service announced. */
export type Fact =
  | { kind: "started"; value: z.output<typeof startedSchema> }
  | { kind: "ending"; value: Ending }
  | { kind: "charge"; value: z.output<typeof chargeSchema> };

export type JobState = "pending" | "processing" | "completed" | "failed" | "canceled";

export function stateOf({ started, ending }: Job): JobState {
  if (!ending) return started ? "processing" : "pending";
  switch (ending.how) {
    case "stored":
      return "completed";
    case "lost":
      return "failed";
    case "failed":
    case "canceled":
      return ending.how;
    default:
      return ending satisfies never;
  }
}

/** Rises with every fact: of two readings of one job, the higher knows all that the lower does. */
export const versionOf = ({ started, ending, charge }: Job) =>
  1 + Number(started !== undefined) + Number(ending !== undefined) + (charge?.revision ?? 0);

/** Milliseconds from the prediction's start to the end; clocks that disagree make no negative time. */
export function processingTimeOf({ started, ending }: Job): number | undefined {
  const startedAt = started?.startedAt ?? (ending && "startedAt" in ending ? ending.startedAt : null);
  if (!startedAt || !ending) return undefined;
  return Math.max(0, Date.parse(ending.endedAt) - Date.parse(startedAt));
}
