import * as z from "zod";

/** Ids are branded, so that a user's id can never stand where a job's is meant. */
export const jobIdSchema = z.uuidv7().brand("JobId");
export const eventIdSchema = z.uuid().brand("EventId");
export const accountIdSchema = z
  .string()
  .regex(/^[A-Za-z0-9_-]{1,64}$/)
  .brand("AccountId");
/** A user of an account. The characters are safe in object keys, logs and URLs; `.` and `..` alone are no names. */
export const userIdSchema = z
  .string()
  .regex(/^(?!\.{1,2}$)[A-Za-z0-9._-]{1,64}$/, "1 to 64 of the characters A-Z a-z 0-9 . _ -")
  .brand("UserId");
/** Replicate's id of a prediction. */
export const predictionIdSchema = z
  .string()
  .regex(/^[A-Za-z0-9_-]{1,64}$/)
  .brand("PredictionId");

export type JobId = z.output<typeof jobIdSchema>;
export type EventId = z.output<typeof eventIdSchema>;
export type AccountId = z.output<typeof accountIdSchema>;
export type UserId = z.output<typeof userIdSchema>;
export type PredictionId = z.output<typeof predictionIdSchema>;
