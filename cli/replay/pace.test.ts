import { expect, test } from "vitest";
import { batchSizeAt, createPace } from "./pace.ts";

/** Whoever waits moves the clock. */
function paceAt(perSecond: number) {
  const clock = { ms: 0 };
  const wait = async (ms: number) => {
    clock.ms += ms;
  };
  return { clock, pace: createPace({ perSecond, now: () => clock.ms, wait }) };
}

test("a pace is kept over batches of any size", async () => {
  const { pace, clock } = paceAt(50);
  const startedAt: number[] = [];
  for (const amount of [10, 5, 10, 1]) {
    await pace(amount);
    startedAt.push(clock.ms);
  }
  expect(startedAt).toEqual([0, 200, 300, 500]);
});

test("time that was lost elsewhere is not made up for by a burst", async () => {
  const { pace, clock } = paceAt(10);
  await pace(1);
  clock.ms = 10_000;
  await pace(10);
  await pace(1);
  expect(clock.ms).toBe(11_000);
});

test("without a pace nothing waits", async () => {
  const wait = () => Promise.reject(new Error("waited"));
  await expect(createPace({ perSecond: null, wait })(1_000_000)).resolves.toBeUndefined();
});

test("the slower, the smaller the batches", () => {
  expect([null, 400, 20, 1, 0.1].map(batchSizeAt)).toEqual([10, 10, 5, 1, 1]);
});
