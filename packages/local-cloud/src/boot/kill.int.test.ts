import { describe, expect, it } from "vitest";
import { killRound } from "../../test/kill/kill-round.ts";

describe("kill -9 of the local cloud in the middle of its work", () => {
  // `npm run bench:kill` does twenty rounds of a thousand writes.
  it.each([1, 2])("loses nothing that was acknowledged, and leaves nothing half done (seed %i)", async (seed) => {
    const { lost, torn, acknowledged } = await killRound({ seed, writes: 300 });
    expect({ lost, torn }).toEqual({ lost: [], torn: [] });
    expect(acknowledged).toBeGreaterThan(0);
  });
});
