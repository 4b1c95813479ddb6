import { userIdSchema } from "@vsl/events";
import { beforeEach, describe, expect, test } from "vitest";
import type { createRateLimit } from "../src/adapters/redis-rate-limit.ts";
import { newJobId } from "../src/job-id.ts";
import type { Requester } from "../src/rate-limit.ts";
import { local } from "./examples.ts";

type RateLimit = ReturnType<typeof createRateLimit>;

/** What every rate limit keeps to, the one in a `Map` and the one in Redis. */
export function describeTurns(name: string, connect: (options: { limit: number }) => RateLimit) {
  describe(`turns on ${name}`, () => {
    let requester: Requester;
    beforeEach(() => {
      requester = { accountId: local, userId: userIdSchema.parse(`user-${newJobId(Date.now())}`) };
    });

    test("are exactly as many as the limit, however many ask at once", async () => {
      const { takeTurn } = connect({ limit: 100 });
      const turns = await Promise.all(Array.from({ length: 200 }, () => takeTurn(requester)));
      expect(turns.filter(({ granted }) => granted)).toHaveLength(100);
    });

    test("are refused with the seconds until the hour is over", async () => {
      const { takeTurn } = connect({ limit: 1 });
      await takeTurn(requester);
      const refused = await takeTurn(requester);
      expect(refused.granted ? 0 : refused.retryAfterSeconds).toBeGreaterThan(3590);
      expect(refused.granted ? 0 : refused.retryAfterSeconds).toBeLessThanOrEqual(3600);
    });

    test("are counted for each user by itself", async () => {
      const { takeTurn } = connect({ limit: 1 });
      await takeTurn(requester);
      const userId = userIdSchema.parse(`${requester.userId}x`);
      expect(await takeTurn({ ...requester, userId })).toEqual({ granted: true });
    });

    test("can be given back", async () => {
      const { takeTurn, giveBackTurn } = connect({ limit: 1 });
      await takeTurn(requester);
      await giveBackTurn(requester);
      expect(await takeTurn(requester)).toEqual({ granted: true });
      expect(await takeTurn(requester)).toMatchObject({ granted: false });
    });
  });
}
