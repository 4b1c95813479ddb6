import * as z from "zod";
import { defineEvent } from "./define-event.ts";
import { exampleJob, jobRefSchema, timestampSchema } from "./job.ts";
import { priceRuleSchema } from "./price.ts";

export const JobCharged = defineEvent({
  name: "JobCharged",
  version: 1,
  announcedBy: "ledger",
  states: "What a job has cost so far; a correction raises the revision and states the new total.",
  payload: jobRefSchema.extend({
    /** 1 for the charge, one more for each correction: the highest holds. */
    revision: z.int().positive(),
    /** The job's total, not a difference. */
    amountMicros: z.int().nonnegative(),
    currency: z.literal("USD"),
    basis: z.enum(priceRuleSchema.options.map((rule) => rule.shape.per.value)),
    /** `measured` when every quantity that the price rule needs was measured upstream or on the stored media. */
    source: z.enum(["estimated", "measured"]),
    chargedAt: timestampSchema,
  }),
  key: ({ jobId, revision }) => `${jobId}/${revision}`,
  example: {
    ...exampleJob,
    revision: 1,
    amountMicros: 3000,
    currency: "USD",
    basis: "output",
    source: "measured",
    chargedAt: "2026-11-20T10:30:01.446Z",
  },
});
