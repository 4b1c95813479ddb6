import { isoOf } from "./timestamp.ts";

const firstMs = 10_000;
const longestMs = 5 * 60_000;

/** Outputs live an hour: whatever is unfinished by then is worth a look. */
export const suspiciousAfterMs = 45 * 60_000;

/** When to poll next: every 2 seconds where no webhook can come, else 10 s, 20 s … 5 minutes after the check before. */
export function nextCheckAt({
  now,
  checks,
  polledEveryMs,
}: {
  now: number;
  checks: number;
  polledEveryMs: number | null;
}) {
  return isoOf(now + (polledEveryMs ?? Math.min(longestMs, firstMs * 2 ** Math.min(checks, 10))));
}
