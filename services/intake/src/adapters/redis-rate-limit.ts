import { RateLimiterMemory, RateLimiterRedis, RateLimiterRes } from "rate-limiter-flexible";
import { jobsPerHour, type Requester, type Turn } from "../rate-limit.ts";
import type { RedisConnection } from "./redis-connection.ts";

const hourSeconds = 60 * 60;

/** Without Redis each process counts for itself, and lets a tenth through: never nobody, never everybody. */
const localShare = 0.1;
const localRetrySeconds = 30;

export interface RateLimitOptions extends Pick<RedisConnection, "redis" | "ask"> {
  limit?: number;
}

/** Turns of an hour, counted for each user of each account. */
export function createRateLimit({ redis, ask, limit = jobsPerHour }: RateLimitOptions) {
  const shared = new RateLimiterRedis({
    storeClient: redis,
    keyPrefix: "rate:jobs",
    points: limit,
    duration: hourSeconds,
  });
  const local = new RateLimiterMemory({
    keyPrefix: "rate:jobs",
    points: Math.max(1, Math.floor(limit * localShare)),
    duration: hourSeconds,
  });
  const keyOf = ({ accountId, userId }: Requester) => `${accountId}:${userId}`;

  return {
    takeTurn: (requester: Requester): Promise<Turn> =>
      ask(
        () => turnOf(shared.consume(keyOf(requester))),
        async () => sooner(await turnOf(local.consume(keyOf(requester)))),
      ),

    /** For a request that came to nothing. Should Redis have gone meanwhile, the turn stays taken. */
    giveBackTurn: (requester: Requester): Promise<void> =>
      ask(
        async () => void (await shared.reward(keyOf(requester))),
        async () => {},
      ),
  };
}

/** Redis may be back in a moment, and with it the rest of the hour's turns. */
const sooner = (turn: Turn): Turn =>
  turn.granted ? turn : { granted: false, retryAfterSeconds: Math.min(turn.retryAfterSeconds, localRetrySeconds) };

/** The limiter says no by throwing what it would say yes with. */
async function turnOf(consumed: Promise<RateLimiterRes>): Promise<Turn> {
  try {
    await consumed;
    return { granted: true };
  } catch (refusal) {
    if (!(refusal instanceof RateLimiterRes)) throw refusal;
    return { granted: false, retryAfterSeconds: Math.max(1, Math.ceil(refusal.msBeforeNext / 1000)) };
  }
}
