import type { Archive } from "./eventbridge-replay.ts";
import type { Spool } from "./spool.ts";

/**
 * The replay of EventBridge's that is under way, or a new one where there is none. Safe to repeat: the attempt is noted before it is
 * started, and a name that nobody knows is one that was noted only.
 */
export async function ensureAttempt(
  archive: Pick<Archive, "start" | "find">,
  spool: Spool,
  { name, ruleArns }: { name: string; ruleArns: readonly string[] },
): Promise<string> {
  const { attempt, from, request } = spool.state();
  const found = await archive.find(nameOf(attempt));
  if (found && !["CANCELLED", "CANCELLING", "FAILED"].includes(found.state)) return nameOf(attempt);
  // EventBridge takes a name once.
  const next = found ? attempt + 1 : attempt;
  spool.update({ attempt: next });
  await archive.start({ name: nameOf(next), from, to: request.to, ruleArns });
  return nameOf(next);

  function nameOf(number: number): string {
    return `${name}-${number}`;
  }
}
