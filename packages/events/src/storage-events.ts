import * as z from "zod";
import { defineEvent } from "./define-event.ts";
import { exampleJob, failureSchema, jobRefSchema, mediaTypeSchema, timestampSchema } from "./job.ts";

/** One file of the team's own bucket. `s3Path` is the object's key. */
export const storedMediaSchema = z.object({
  index: z.int().nonnegative(),
  s3Path: z.string().min(1),
  bytes: z.int().nonnegative(),
  contentType: z.string().min(1),
  /** Lower-case hex. */
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  width: z.int().positive().optional(),
  height: z.int().positive().optional(),
  durationSeconds: z.number().nonnegative().optional(),
});
export type StoredMedia = z.output<typeof storedMediaSchema>;

const storedMediaExample = {
  index: 0,
  s3Path: "image/test-user-123/2026/11/20/019a9f3c-5a00-7cc3-98c4-dc0c0c07398f/original.webp",
  bytes: 204_857,
  contentType: "image/webp",
  sha256: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
  width: 1024,
  height: 1024,
};

export const MediaStored = defineEvent({
  name: "MediaStored",
  version: 1,
  announcedBy: "storage",
  states: "All outputs of a job are in the team's own bucket.",
  payload: jobRefSchema.extend({
    mediaType: mediaTypeSchema,
    media: z.array(storedMediaSchema).min(1),
    storedAt: timestampSchema,
  }),
  key: ({ jobId }) => jobId,
  example: { ...exampleJob, mediaType: "image", media: [storedMediaExample], storedAt: "2026-11-20T10:30:02.100Z" },
});

export const MediaLost = defineEvent({
  name: "MediaLost",
  version: 1,
  announcedBy: "storage",
  states: "At least one output of a job cannot be stored any more; what could be is named too.",
  payload: jobRefSchema.extend({
    mediaType: mediaTypeSchema,
    lost: z.array(z.object({ index: z.int().nonnegative(), error: failureSchema })).min(1),
    media: z.array(storedMediaSchema),
    lostAt: timestampSchema,
  }),
  key: ({ jobId }) => jobId,
  example: {
    ...exampleJob,
    mediaType: "image",
    lost: [{ index: 1, error: { code: "output_expired", message: "Replicate had deleted the output." } }],
    media: [storedMediaExample],
    lostAt: "2026-11-20T11:30:02.100Z",
  },
});
