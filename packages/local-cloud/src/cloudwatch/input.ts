import { z } from "zod";
import { invalidNextToken, malformedInput } from "./errors.ts";

export const dimensionsInput = z.array(z.object({ Name: z.string().default(""), Value: z.string().default("") }));
export type Dimensions = z.infer<typeof dimensionsInput>;

/** Throws what AWS answers when a member has another JSON type than the API says. Values are judged by the operations. */
export function readInput<T>(schema: z.ZodType<T>, input: Record<string, unknown>): T {
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw malformedInput(`${issue?.path.join(".") ?? "input"}: ${issue?.message ?? "unreadable"}`);
}

/** A page's token says where it begins. */
export const writeToken = (start: number) => Buffer.from(String(start)).toString("base64url");

export function readToken(token: string | undefined): number {
  const start = token === undefined ? 0 : Number(Buffer.from(token, "base64url").toString("utf8"));
  if (Number.isSafeInteger(start) && start >= 0) return start;
  throw invalidNextToken("The next token is invalid.");
}
