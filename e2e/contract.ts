import { z } from "zod";

/** The HTTP contract as documented, written down once more: strict, so that a field too many is noticed, too. */
const uuid = z.uuid();
const instant = z.iso.datetime();
const dollars = z.number().nonnegative();

export const acceptedSchema = z.strictObject({
  jobId: uuid,
  status: z.literal("pending"),
  estimatedTime: z.number().positive(),
  estimatedCost: dollars,
  replicateId: z.null(),
  message: z.literal("Media generation started"),
});

const outputSchema = z.strictObject({
  url: z.url(),
  s3Path: z.string(),
  fileSize: z.int().positive(),
  contentType: z.string(),
  sha256: z.hex().length(64),
  width: z.int().positive().optional(),
  height: z.int().positive().optional(),
  durationSeconds: z.number().positive().optional(),
});

const resultSchema = z.strictObject({
  originalUrl: z.url(),
  s3Path: z.string(),
  fileSize: z.int().positive(),
  outputs: z.array(outputSchema).min(1),
});

const statusFields = {
  jobId: uuid,
  mediaType: z.enum(["image", "video", "audio"]),
  modelId: z.string(),
  userId: z.string(),
  createdAt: instant,
  replicateId: z.string().optional(),
  startedAt: instant.optional(),
  cost: z.strictObject({
    amount: dollars,
    currency: z.literal("USD"),
    basis: z.enum(["run", "output", "output_second", "megapixel", "gpu_second"]),
    source: z.enum(["estimated", "measured"]),
  }),
};
const ended = { completedAt: instant, processingTime: z.int().nonnegative().optional() };
const errorSchema = z.strictObject({ code: z.string(), message: z.string() });

export const statusSchema = z.discriminatedUnion("status", [
  z.strictObject({ ...statusFields, status: z.literal("pending") }),
  z.strictObject({ ...statusFields, status: z.literal("processing") }),
  z.strictObject({ ...statusFields, ...ended, status: z.literal("completed"), result: resultSchema }),
  z.strictObject({
    ...statusFields,
    ...ended,
    status: z.literal("failed"),
    error: errorSchema,
    result: resultSchema.optional(),
  }),
  z.strictObject({ ...statusFields, ...ended, status: z.literal("canceled"), error: errorSchema.optional() }),
]);
export type Status = z.output<typeof statusSchema>;
export type Completed = Extract<Status, { status: "completed" }>;
