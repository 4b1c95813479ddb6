import { setTimeout as sleep } from "node:timers/promises";

export interface Pacing {
  intervalMs: number;
  burst: number;
}

/** The rate that, with its burst, never exceeds `perMinute` in any 60 seconds. */
export const pacingOf = ({ perMinute, burst }: { perMinute: number; burst: number }): Pacing => ({
  intervalMs: Math.ceil(60_000 / (perMinute - burst)),
  burst,
});

/**
 * One more call by the generic cell rate algorithm: how long it must wait, and the state after it. `arrival` is when the next
 * call would be due if all came evenly; epoch milliseconds.
 */
export function reserve(arrival: number, now: number, { intervalMs, burst }: Pacing) {
  const due = Math.max(arrival, now);
  return { waitMs: Math.max(0, due - now - (burst - 1) * intervalMs), arrival: due + intervalMs };
}

export interface Pace {
  /** True when the caller may go now, after waiting at most `withinMs`; false, without waiting, when that is not enough. */
  take: (withinMs: number) => Promise<boolean>;
  /** Upstream said "too fast": the burst is used up. */
  useUpBurst: () => void;
}

export function createPace(
  limits: { perMinute: number; burst: number },
  {
    now = Date.now,
    wait = (ms: number) => sleep(ms),
  }: { now?: () => number; wait?: (ms: number) => Promise<unknown> } = {},
): Pace {
  const pacing = pacingOf(limits);
  let arrival = 0;
  return {
    take: async (withinMs) => {
      const next = reserve(arrival, now(), pacing);
      if (next.waitMs > withinMs) return false;
      arrival = next.arrival;
      if (next.waitMs > 0) await wait(next.waitMs);
      return true;
    },
    useUpBurst: () => {
      arrival = Math.max(arrival, now() + (pacing.burst - 1) * pacing.intervalMs);
    },
  };
}

/** Replicate's limits. A minute's creates stay under theirs even when a burst comes first. Source: replicate.com/docs, rate limits, 2026-04. */
export const limitOfCreates = { perMinute: 600, burst: 30 };
export const limitOfReads = { perMinute: 3000, burst: 100 };
