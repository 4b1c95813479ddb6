import type { createRateLimit } from "../src/adapters/redis-rate-limit.ts";
import type { Requester } from "../src/rate-limit.ts";

/** Turns counted in a `Map`, for an hour that never ends. */
export function createMapTurns({ limit }: { limit: number }): ReturnType<typeof createRateLimit> {
  const taken = new Map<string, number>();
  const keyOf = ({ accountId, userId }: Requester) => `${accountId}:${userId}`;
  return {
    async takeTurn(requester) {
      const count = (taken.get(keyOf(requester)) ?? 0) + 1;
      taken.set(keyOf(requester), count);
      return count <= limit ? { granted: true } : { granted: false, retryAfterSeconds: 3600 };
    },
    async giveBackTurn(requester) {
      taken.set(keyOf(requester), (taken.get(keyOf(requester)) ?? 0) - 1);
    },
  };
}
