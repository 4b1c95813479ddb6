import * as z from "zod";
import { defineEvent } from "./define-event.ts";
import { exampleJob, jobRefSchema, mediaTypeSchema, timestampSchema } from "./job.ts";
import { microsSchema, priceRuleSchema, quantitiesSchema } from "./price.ts";

export const JobRequested = defineEvent({
  name: "JobRequested",
  version: 1,
  announcedBy: "intake",
  states: "A caller asked for media; the input is checked and the job is durable.",
  payload: jobRefSchema.extend({
    mediaType: mediaTypeSchema,
    /** The name under which callers know the model. */
    modelId: z.string().min(1),
    /** The model as Replicate names it; a version only for models that are not official. */
    model: z.object({ owner: z.string().min(1), name: z.string().min(1), version: z.string().nullable() }),
    /** Checked against the model's own schema, in the model's own parameter names. */
    input: z.record(z.string(), z.json()),
    price: z.object({
      rule: priceRuleSchema,
      /** What the input lets expect, and what the charge falls back on where nothing was measured. */
      expected: quantitiesSchema,
      amountMicros: microsSchema,
      currency: z.literal("USD"),
    }),
    estimatedSeconds: z.number().nonnegative(),
    requestedAt: timestampSchema,
  }),
  key: ({ jobId }) => jobId,
  example: {
    ...exampleJob,
    mediaType: "image",
    modelId: "flux-schnell",
    model: { owner: "black-forest-labs", name: "flux-schnell", version: null },
    input: { prompt: "A beautiful sunset over mountains", num_outputs: 1 },
    price: {
      rule: { per: "output", amountMicros: 3000 },
      expected: { outputs: 1, outputSeconds: 0, megapixels: 1, predictSeconds: 0.83 },
      amountMicros: 3000,
      currency: "USD",
    },
    estimatedSeconds: 5,
    requestedAt: "2026-11-20T10:30:00.000Z",
  },
});

export const JobCancelRequested = defineEvent({
  name: "JobCancelRequested",
  version: 1,
  announcedBy: "intake",
  states: "A caller wants a job that has not ended to be canceled.",
  payload: jobRefSchema.extend({ requestedAt: timestampSchema }),
  key: ({ jobId }) => jobId,
  example: { ...exampleJob, requestedAt: "2026-11-20T10:30:02.000Z" },
});
