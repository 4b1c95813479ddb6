import type { z } from "zod";
import { invalidFields } from "../models/invalid-fields.ts";
import { invalidInput } from "./problem.ts";

/** The body as its schema has it, or Replicate's 422 that names each field at fault. */
export function parseBody<Schema extends z.ZodObject>(schema: Schema, body: unknown): z.output<Schema> {
  const parsed = schema.safeParse(body, { reportInput: true });
  if (!parsed.success) throw invalidInput(invalidFields(parsed.error.issues));
  return parsed.data;
}
