import { describe, expect, it } from "vitest";
import { startOfTest } from "../test/examples.ts";
import { unclear } from "../test/fake-upstream.ts";
import { createGate, createMemoryPauses, type Pauses } from "./gate.ts";
import { createPace } from "./pace.ts";

function opened(pauses: Pauses = createMemoryPauses()) {
  let time = startOfTest;
  const now = () => time;
  const wait = async (ms: number) => {
    time += ms;
  };
  const pace = createPace({ perMinute: 600, burst: 30 }, { now, wait });
  return { gate: createGate({ pace, pauses, log: () => undefined, now }), pass: wait };
}

describe("the gate", () => {
  it("is closed for exactly as long as upstream asked", async () => {
    const { gate, pass } = opened();
    await gate.note({ kind: "throttled", retryAfterSeconds: 3 });
    await pass(2_999);
    expect(await gate.enter(1_000)).toBe(false);
    await pass(1);
    expect(await gate.enter(1_000)).toBe(true);
  });

  it("closes after five failures in a row, and at once again when the next one fails", async () => {
    const { gate, pass } = opened();
    for (let failure = 0; failure < 4; failure++) await gate.note(unclear);
    expect(await gate.enter(1_000)).toBe(true);
    await gate.note(unclear);
    expect(await gate.enter(1_000)).toBe(false);
    await pass(30_000);
    expect(await gate.enter(1_000)).toBe(true);
    await gate.note(unclear);
    expect(await gate.enter(1_000)).toBe(false);
  });

  it("counts failures in a row only", async () => {
    const { gate } = opened();
    for (let failure = 0; failure < 20; failure++) {
      await gate.note(unclear);
      if (failure % 4 === 3) await gate.note({ kind: "created" });
    }
    expect(await gate.pause()).toBeNull();
  });

  it("does not let through who waited for his turn while the pause began", async () => {
    const pauses = createMemoryPauses();
    const { gate } = opened({
      ...pauses,
      readPause: async () => {
        const pause = await pauses.readPause();
        await pauses.extendPause({ until: startOfTest + 60_000, reason: "throttled" });
        return pause;
      },
    });
    expect(await gate.enter(1_000)).toBe(false);
  });
});
