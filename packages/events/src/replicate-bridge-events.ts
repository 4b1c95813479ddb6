import * as z from "zod";
import { defineEvent } from "./define-event.ts";
import { predictionIdSchema } from "./ids.ts";
import { exampleJob, failureSchema, jobRefSchema, mediaTypeSchema, timestampSchema } from "./job.ts";

export const PredictionStarted = defineEvent({
  name: "PredictionStarted",
  version: 1,
  announcedBy: "replicate-bridge",
  states: "Replicate accepted the job's prediction.",
  payload: jobRefSchema.extend({ predictionId: predictionIdSchema, startedAt: timestampSchema }),
  key: ({ jobId, predictionId }) => `${jobId}/${predictionId}`,
  example: { ...exampleJob, predictionId: "jd96x0dyqsrm00cj1jp90zeye0", startedAt: "2026-11-20T10:30:00.400Z" },
});

export const PredictionCompleted = defineEvent({
  name: "PredictionCompleted",
  version: 1,
  announcedBy: "replicate-bridge",
  states: "A job's prediction reached its end, or never came to be; its outputs wait upstream until they expire.",
  payload: jobRefSchema.extend({
    mediaType: mediaTypeSchema,
    modelId: z.string().min(1),
    /** When the job was requested: the date in its media's keys. */
    requestedAt: timestampSchema,
    /** Null when no prediction was made: refused upstream, or canceled before it was submitted. */
    predictionId: predictionIdSchema.nullable(),
    outcome: z.enum(["succeeded", "failed", "canceled"]),
    outputs: z.array(z.object({ index: z.int().nonnegative(), url: z.string().min(1) })),
    /** After this, upstream deletes the outputs. */
    outputsExpireAt: timestampSchema,
    /** Set exactly when the outcome is not `succeeded`. */
    error: failureSchema.nullable(),
    /** As measured upstream; null where upstream did not say. */
    usage: z.object({
      outputs: z.int().nonnegative(),
      outputSeconds: z.number().nonnegative().nullable(),
      predictSeconds: z.number().nonnegative().nullable(),
    }),
    startedAt: timestampSchema.nullable(),
    completedAt: timestampSchema,
  }),
  key: ({ jobId }) => jobId,
  example: {
    ...exampleJob,
    mediaType: "image",
    modelId: "flux-schnell",
    requestedAt: "2026-11-20T10:30:00.000Z",
    predictionId: "jd96x0dyqsrm00cj1jp90zeye0",
    outcome: "succeeded",
    outputs: [{ index: 0, url: "https://replicate.delivery/yhqm/hcDDSNf/out-0.webp" }],
    outputsExpireAt: "2026-11-20T11:30:01.446Z",
    error: null,
    usage: { outputs: 1, outputSeconds: null, predictSeconds: 0.829263399 },
    startedAt: "2026-11-20T10:30:00.616Z",
    completedAt: "2026-11-20T10:30:01.446Z",
  },
});
