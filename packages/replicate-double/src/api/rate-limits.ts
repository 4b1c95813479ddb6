import type { MiddlewareHandler } from "hono";
import type { Clock } from "../clock.ts";
import type { Environment } from "./environment.ts";
import { throttled } from "./problem.ts";

export interface RateLimits {
  /** Less than $5 of credit: 6 creates a minute, one at a time. */
  lowCredit: boolean;
  /** Without it a 429 tells the time to wait in its body only. */
  retryAfterHeader: boolean;
}

interface Bucket {
  /** Takes one token; says how many are left, or how long to wait for one. */
  take(): { taken: boolean; remaining: number; resetSeconds: number };
}

function createBucket({ perMinute, burst, now }: { perMinute: number; burst: number; now: () => number }): Bucket {
  const perMillisecond = perMinute / 60_000;
  let tokens = burst;
  let filledAt = now();
  return {
    take() {
      tokens = Math.min(burst, tokens + Math.max(0, now() - filledAt) * perMillisecond);
      filledAt = now();
      const taken = tokens >= 1;
      if (taken) tokens -= 1;
      const missing = Math.max(0, 1 - tokens);
      return { taken, remaining: Math.floor(tokens), resetSeconds: Math.ceil(missing / perMillisecond / 1000) || 1 };
    },
  };
}

/** 600 creates and 3,000 other calls a minute, as Replicate has it: a full minute's worth may come at once. */
export function limitRates(clock: Clock, { lowCredit, retryAfterHeader }: RateLimits): MiddlewareHandler<Environment> {
  const { now } = clock;
  const creates = createBucket(lowCredit ? { perMinute: 6, burst: 1, now } : { perMinute: 600, burst: 600, now });
  const others = createBucket({ perMinute: 3_000, burst: 3_000, now });
  return async (context, next) => {
    const isCreate = context.req.method === "POST" && context.req.path.endsWith("/predictions");
    const { taken, remaining, resetSeconds } = (isCreate ? creates : others).take();
    if (!taken) {
      const isLowCredit = isCreate && lowCredit;
      const reason = isLowCredit
        ? "Request was throttled. Your rate limit for creating predictions is reduced to 6 requests per minute with a burst of 1 requests while you have less than $5.0 in credit."
        : "Request was throttled.";
      throw throttled({ reason, resetSeconds, isLowCredit, retryAfterHeader });
    }
    await next();
    context.header("ratelimit-remaining", String(remaining));
    context.header("ratelimit-reset", String(resetSeconds));
  };
}
