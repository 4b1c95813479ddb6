import { z } from "zod";

const batchResponse = z
  .object({ batchItemFailures: z.array(z.object({ itemIdentifier: z.string().min(1) })).nullish() })
  .nullish();

/**
 * Which messages of a batch a function's answer says have failed. As Lambda reads it: nothing said is success, and an answer
 * that cannot be understood, or names what was not in the batch, fails all of it.
 */
export function failedMessageIds(returned: unknown, messageIds: string[]): Set<string> {
  const parsed = batchResponse.safeParse(returned);
  const failed = new Set(parsed.data?.batchItemFailures?.map(({ itemIdentifier }) => itemIdentifier));
  const isUnderstood = parsed.success && [...failed].every((id) => messageIds.includes(id));
  return isUnderstood ? failed : new Set(messageIds);
}
