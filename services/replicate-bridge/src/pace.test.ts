import { describe, expect, it } from "vitest";
import { startOfTest } from "../test/examples.ts";
import { createPace, limitOfCreates, pacingOf, reserve } from "./pace.ts";

/** When each of many calls goes that all want to go at once. */
function goingTimes(calls: number, limits: { perMinute: number; burst: number }): number[] {
  let arrival = 0;
  return Array.from({ length: calls }, () => {
    const next = reserve(arrival, startOfTest, pacingOf(limits));
    arrival = next.arrival;
    return startOfTest + next.waitMs;
  });
}

describe("reserve", () => {
  it("never lets more than 600 creates through in any 60 seconds, and uses more than nine tenths of them", () => {
    const times = goingTimes(3000, limitOfCreates);
    const inMinuteFrom = (start: number) => times.filter((time) => time >= start && time < start + 60_000).length;
    expect(Math.max(...times.map(inMinuteFrom))).toBeLessThanOrEqual(600);
    expect(inMinuteFrom(startOfTest + 60_000)).toBeGreaterThanOrEqual(540);
  });

  it("lets a short burst through at once, and again after some quiet", () => {
    const pacing = pacingOf(limitOfCreates);
    const burst = goingTimes(limitOfCreates.burst, limitOfCreates);
    expect(new Set(burst)).toEqual(new Set([startOfTest]));
    expect(reserve(startOfTest - 10_000, startOfTest, pacing).waitMs).toBe(0);
  });
});

describe("createPace", () => {
  function paced() {
    let time = startOfTest;
    const wait = async (ms: number) => {
      time += ms;
    };
    return { pace: createPace({ perMinute: 70, burst: 10 }, { now: () => time, wait }), now: () => time };
  }

  it("waits for its turn when that is near enough", async () => {
    const { pace, now } = paced();
    for (let call = 0; call < 12; call++) expect(await pace.take(1_500)).toBe(true);
    expect(now() - startOfTest).toBe(2_000);
  });

  it("refuses at once, and gives the turn to nobody, when it is too far", async () => {
    const { pace, now } = paced();
    for (let call = 0; call < 10; call++) await pace.take(0);
    expect(await pace.take(500)).toBe(false);
    expect(await pace.take(1_000)).toBe(true);
    expect(now() - startOfTest).toBe(1_000);
  });

  it("goes on evenly, without a burst, after upstream said that it was too fast", async () => {
    const { pace } = paced();
    pace.useUpBurst();
    expect(await pace.take(0)).toBe(true);
    expect(await pace.take(0)).toBe(false);
  });
});
