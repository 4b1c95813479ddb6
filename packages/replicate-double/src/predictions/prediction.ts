import { z } from "zod";
import { orderSchema } from "../models/order.ts";

/** All times are epoch milliseconds on the double's clock, with microseconds as their fraction. */
const at = z.number();

export const webhookEvents = ["start", "output", "logs", "completed"] as const;
export type WebhookEvent = (typeof webhookEvents)[number];

const outcomeSchema = z.object({
  status: z.enum(["failed", "canceled", "aborted"]),
  error: z.string().nullable(),
});

const stateSchema = z.discriminatedUnion("status", [
  z.object({ status: z.literal("starting") }),
  z.object({ status: z.literal("processing"), startedAt: at }),
  z.object({
    status: z.literal("succeeded"),
    startedAt: at,
    completedAt: at,
    outputNames: z.array(z.string()),
    /** What a fault put in the place of the output. */
    instead: z.object({ output: z.unknown() }).optional(),
  }),
  outcomeSchema.extend({ startedAt: at.nullable(), completedAt: at }),
]);

export const predictionSchema = z.object({
  id: z.string(),
  model: z.string(),
  /** As it is shown: `hidden` for official models. */
  version: z.string(),
  /** `owner/name` of what it was made with, if it was. */
  deployment: z.string().nullable().default(null),
  input: z.record(z.string(), z.unknown()),
  order: orderSchema,
  webhook: z.string().nullable(),
  /** Null when the caller named none: outputs and completed. */
  webhookEvents: z.array(z.enum(webhookEvents)).nullable(),
  createdAt: at,
  /** When Replicate gives up on it, if the caller said so. */
  deadline: at.nullable(),
  bootSeconds: z.number(),
  predictSeconds: z.number(),
  /** The double's seconds per second of the model. */
  timeScale: z.number().nonnegative(),
  /** Outputs, inputs and logs are deleted this long after the end. */
  retentionSeconds: z.number().nonnegative().default(3_600),
  state: stateSchema,
});

export type Prediction = z.infer<typeof predictionSchema>;
export type Outcome = z.infer<typeof outcomeSchema>;
type Ended = Extract<Prediction["state"], { completedAt: number }>;
export type EndedPrediction = Prediction & { state: Ended };

export function hasEnded(prediction: Prediction): prediction is EndedPrediction {
  return "completedAt" in prediction.state;
}

export const startsAt = ({ createdAt, bootSeconds, timeScale }: Prediction) =>
  createdAt + bootSeconds * 1000 * timeScale;

export const completesAt = (startedAt: number, { predictSeconds, timeScale }: Prediction) =>
  startedAt + predictSeconds * 1000 * timeScale;

export const expiresAt = ({ state, retentionSeconds }: EndedPrediction) => state.completedAt + retentionSeconds * 1000;

export const hasExpired = (prediction: Prediction, now: number): boolean =>
  hasEnded(prediction) && expiresAt(prediction) <= now;

interface Success {
  startedAt: number;
  outputNames: string[];
  instead?: { output?: unknown } | undefined;
}

export function succeed(prediction: Prediction, { startedAt, outputNames, instead }: Success): EndedPrediction {
  const completedAt = completesAt(startedAt, prediction);
  const given = instead ? { instead: { output: instead.output ?? null } } : {};
  return { ...prediction, state: { status: "succeeded", startedAt, completedAt, outputNames, ...given } };
}

/** Ends what has not ended, early or without an output. */
export function end(prediction: Prediction, outcome: Outcome, completedAt: number): EndedPrediction {
  const startedAt = prediction.state.status === "processing" ? prediction.state.startedAt : null;
  return { ...prediction, state: { ...outcome, startedAt, completedAt } };
}

/** Seconds of compute, counted in the model's own time; null when it never started. */
export function secondsOfCompute({ state, predictSeconds, timeScale }: EndedPrediction): number | null {
  if (state.startedAt === null) return null;
  if (state.status === "succeeded" || timeScale === 0) return predictSeconds;
  const elapsed = (state.completedAt - state.startedAt) / 1000 / timeScale;
  return Math.min(predictSeconds, Math.max(0, Math.round(elapsed * 1e6) / 1e6));
}
