import { describe, expect, test } from "vitest";
import { atRank, drawTimings, type Percentiles } from "./timings.ts";

const seconds: Percentiles = [1, 10, 100, 400];

describe("timings", () => {
  test("meet the known percentiles and stay within them", () => {
    expect([0.1, 0.5, 0.9, 0.99].map((rank) => Math.round(atRank(seconds, rank)))).toEqual([1, 10, 100, 400]);
    expect(atRank(seconds, 0)).toBe(1);
    expect(atRank(seconds, 0.9999)).toBe(400);
    expect(atRank(seconds, 0.3)).toBeCloseTo(Math.sqrt(10));
  });

  test("are the same for the same seed", () => {
    const timings = { bootSeconds: seconds, predictSeconds: seconds };
    expect(drawTimings(timings, 5)).toEqual(drawTimings(timings, 5));
    expect(drawTimings(timings, 5)).not.toEqual(drawTimings(timings, 6));
  });
});
