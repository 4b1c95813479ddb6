import * as z from "zod";
import { accountIdSchema, jobIdSchema, userIdSchema } from "./ids.ts";

/** Whose job a fact is about: every event carries it, so that nobody looks it up in somebody else's store. */
export const jobRefSchema = z.object({ jobId: jobIdSchema, accountId: accountIdSchema, userId: userIdSchema });

export const mediaTypes = ["image", "video", "audio"] as const;
export const mediaTypeSchema = z.enum(mediaTypes);
export type MediaType = z.output<typeof mediaTypeSchema>;

/** What went wrong, for the caller: a stable code and a sentence. */
export const failureSchema = z.object({ code: z.string().min(1), message: z.string() });
export type Failure = z.output<typeof failureSchema>;

export const timestampSchema = z.iso.datetime();

/** The job of the events' examples. */
export const exampleJob = {
  jobId: "019a9f3c-5a00-7cc3-98c4-dc0c0c07398f",
  accountId: "local",
  userId: "test-user-123",
};
