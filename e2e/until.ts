import { setTimeout as sleep } from "node:timers/promises";

/** Asks again and again until there is an answer; says what was waited for, and the last trouble, when there never is. */
export async function until<T>(
  what: string,
  probe: () => Promise<T | undefined>,
  { withinMs = 30_000, everyMs = 50 }: { withinMs?: number; everyMs?: number } = {},
): Promise<T> {
  const deadline = performance.now() + withinMs;
  for (;;) {
    const answer = await probe();
    if (answer !== undefined) return answer;
    if (performance.now() > deadline) throw new Error(`Waited ${withinMs / 1000} s in vain for ${what}`);
    await sleep(everyMs);
  }
}
