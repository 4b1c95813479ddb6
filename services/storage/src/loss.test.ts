import { RetryLater } from "@vsl/events";
import { expect, test } from "vitest";
import { lossOf, retryOf } from "./loss.ts";
import { OutputLost, OutputUnreachable } from "./output-errors.ts";

const minute = 60_000;
const outputsExpireAt = Date.parse("2026-11-20T11:30:00Z");
const early = { now: outputsExpireAt - 59 * minute, outputsExpireAt, receiveCount: 1 };
const late = { ...early, now: outputsExpireAt };
const missing = new OutputLost("output_missing", "not there");
const unreachable = new OutputUnreachable("no answer");

test("what can never be stored is lost at once", () => {
  expect(lossOf(new OutputLost("output_too_large", "6 GB"), early)).toEqual({
    code: "output_too_large",
    message: "6 GB",
  });
});

test("an output that is not there is looked for four times before it is missing", () => {
  expect([1, 2, 3, 4].map((receiveCount) => lossOf(missing, { ...early, receiveCount })?.code)).toEqual([
    undefined,
    undefined,
    undefined,
    "output_missing",
  ]);
});

test.each([missing, unreachable])("what cannot be read once it has expired is expired: %s", (error) => {
  expect(lossOf(error, late)?.code).toBe("output_expired");
});

test("what cannot be read before it expires is not lost, however often it was tried", () => {
  expect(lossOf(unreachable, { ...early, receiveCount: 29 })).toBeNull();
});

test.each([new Error("the bucket is down"), "not even an error"])(
  "our own trouble loses nothing, ever: %s",
  (error) => {
    expect(lossOf(error, { ...late, receiveCount: 29 })).toBeNull();
    expect(retryOf(error, late)).toBe(error);
  },
);

test("tries again after 2, 4, 8 seconds and at most five minutes", () => {
  const pauses = [1, 2, 3, 8, 9, 29].map((receiveCount) => pauseOf({ ...early, receiveCount }));
  expect(pauses).toEqual([2, 4, 8, 256, 300, 300]);
});

test("tries more often when the expiry is near, and has tried less than 30 times by then", () => {
  expect(pauseOf({ ...early, now: outputsExpireAt - 4 * minute, receiveCount: 20 })).toBe(120);
  let now = outputsExpireAt - 60 * minute;
  let receiveCount = 1;
  for (; now < outputsExpireAt; receiveCount++) now += pauseOf({ now, outputsExpireAt, receiveCount }) * 1000;
  expect(receiveCount).toBeLessThan(30);
});

function pauseOf(attempt: typeof early): number {
  const retry = retryOf(unreachable, attempt);
  return retry instanceof RetryLater ? retry.afterSeconds : Number.NaN;
}
