import { expect, test } from "vitest";
import { secondsToWait, secondsUntilCancel } from "./durations.ts";

test.each([
  ["wait", 60],
  ["wait=1", 1],
  ["wait=60", 60],
  ["wait=99", 60],
  ["wait=100", null],
  ["wait=0", null],
  ["respond-async", null],
  [undefined, null],
])("Prefer: %s waits %s seconds", (prefer, seconds) => {
  expect(secondsToWait(prefer)).toBe(seconds);
});

test.each([
  ["30", 30],
  ["30s", 30],
  ["5m", 300],
  ["1h30m45s", 5_445],
  ["4s", null],
  ["", null],
  ["soon", null],
])("Cancel-After: %s is %s seconds", (cancelAfter, seconds) => {
  expect(secondsUntilCancel(cancelAfter)).toBe(seconds);
});
