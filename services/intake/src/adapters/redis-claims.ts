import { randomUUID } from "node:crypto";
import type { Idempotency } from "../idempotency.ts";
import type { RedisConnection } from "./redis-connection.ts";

/** Whoever dies with a claim holds it no longer than this. */
const claimMs = 10_000;

/** Ends one's own claim, not that of who came after it had lapsed. */
const endIfOwn = `
if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end
return 0`;

/**
 * Lets one request at a time work under an idempotency key, so that its twins wait for the answer instead of taking turns.
 * Only a courtesy: without Redis everybody is let through, and the table's transaction decides.
 */
export const createClaims =
  ({ ask }: Pick<RedisConnection, "ask">) =>
  async ({ accountId, keyHash }: Idempotency): Promise<(() => Promise<void>) | null> => {
    const key = `job:idempotency:${accountId}:${keyHash}`;
    const token = randomUUID();
    const isOurs = await ask(
      async (redis) => (await redis.set(key, token, "PX", claimMs, "NX")) === "OK",
      () => true,
    );
    if (!isOurs) return null;
    return async () => {
      await ask<unknown>(
        (redis) => redis.eval(endIfOwn, 1, key, token),
        () => null,
      );
    };
  };
