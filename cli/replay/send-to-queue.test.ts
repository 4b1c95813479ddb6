import { expect, test } from "vitest";
import { batchesOf } from "./send-to-queue.ts";

test("23 messages take three calls, in their order", () => {
  const bodies = Array.from({ length: 23 }, (_, index) => String(index));
  const batches = batchesOf(bodies);
  expect(batches.map(({ length }) => length)).toEqual([10, 10, 3]);
  expect(batches.flat()).toEqual(bodies);
});

test("a call has at most a mebibyte, counted in bytes", () => {
  const half = "é".repeat(256 * 1024);
  expect(batchesOf([half, half, "one more"]).map(({ length }) => length)).toEqual([2, 1]);
});

test("nothing takes no call", () => {
  expect(batchesOf([])).toEqual([]);
});
