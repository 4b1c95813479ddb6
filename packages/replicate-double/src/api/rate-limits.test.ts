import { Hono } from "hono";
import { expect, test } from "vitest";
import { createClock } from "../clock.ts";
import type { Environment } from "./environment.ts";
import { Problem } from "./problem.ts";
import { limitRates } from "./rate-limits.ts";

function start({ lowCredit = false, retryAfterHeader = true } = {}) {
  let time = 1_700_000_000_000;
  const clock = createClock({ wallNow: () => time, movedSeconds: 0 });
  const app = new Hono<Environment>()
    .onError((error) => {
      if (!(error instanceof Problem)) throw error;
      return Response.json(error.body, { status: error.status, headers: error.headers });
    })
    .use(limitRates(clock, { lowCredit, retryAfterHeader }))
    .all("*", (context) => context.text("done"));
  return {
    create: () => app.request("/v1/predictions", { method: "POST" }),
    look: () => app.request("/v1/account"),
    pass: (seconds: number) => {
      time += seconds * 1000;
    },
  };
}

test("600 creates may come at once; the next one is told when to come again", async () => {
  const { create, look, pass } = start();
  const statuses = await Promise.all(Array.from({ length: 600 }, async () => (await create()).status));
  expect(new Set(statuses)).toEqual(new Set([200]));
  const refused = await create();
  expect(refused.status).toBe(429);
  expect(refused.headers.get("retry-after")).toBe("1");
  expect(await refused.json()).toEqual({ detail: "Request was throttled. Your rate limit resets in ~1s." });
  expect((await look()).status).toBe(200);
  pass(1);
  expect((await create()).headers.get("ratelimit-remaining")).toBe("9");
});

test("3,000 other calls may come at once", async () => {
  const { look } = start();
  for (let calls = 0; calls < 3_000; calls++) await look();
  expect((await look()).status).toBe(429);
});

test("a 429 tells the time in its body only, when it is to", async () => {
  const { create } = start({ lowCredit: true, retryAfterHeader: false });
  await create();
  const refused = await create();
  expect(refused.headers.get("retry-after")).toBeNull();
  expect(await refused.json()).toMatchObject({ status: 429, retry_after: 10 });
});
