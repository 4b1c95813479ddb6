import { z } from "zod";
import { invalidParameter, malformedInput } from "./errors.ts";

/** Throws what AWS answers when a member has another JSON type than the API says. Values are judged by the operations. */
export function readInput<T>(schema: z.ZodType<T>, input: Record<string, unknown>): T {
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw malformedInput(`${issue?.path.join(".") ?? "input"}: ${issue?.message ?? "unreadable"}`);
}

/** Lists answer in pages of `MaxResults`; the token is where the next page begins. A token comes only to who set a size. */
export const pageInput = z.object({ MaxResults: z.int().optional(), NextToken: z.string().optional() });

export function pageOf<T>(
  all: T[],
  { MaxResults, NextToken }: z.infer<typeof pageInput>,
): { items: T[]; NextToken?: string } {
  if (MaxResults !== undefined && (MaxResults < 1 || MaxResults > 1000)) {
    throw invalidParameter("MaxResults must be an integer between 1 and 1000.");
  }
  const start = NextToken === undefined ? 0 : Number(Buffer.from(NextToken, "base64url").toString("utf8"));
  if (!Number.isSafeInteger(start) || start < 0) throw invalidParameter("Invalid or expired next token.");
  const end = start + (MaxResults ?? 1000);
  const items = all.slice(start, end);
  if (MaxResults === undefined || end >= all.length) return { items };
  return { items, NextToken: Buffer.from(String(end)).toString("base64url") };
}
