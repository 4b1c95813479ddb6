import { expect, test } from "vitest";
import { capturePattern, rulesForReplays } from "./rules.ts";

const rule = (name: string, pattern: object) => ({ arn: `arn:${name}`, pattern: JSON.stringify(pattern) });
const hears = rule("hears", { source: ["vsl.storage"], "detail-type": ["MediaStored"] });
const rebuild = rule("rebuild", { "detail-type": ["JobRequested"], "replay-name": [{ exists: true }] });
const live = rule("live", { "detail-type": ["JobRequested"], "replay-name": [{ exists: false }] });

test("rules that hear replays are aimed at, and only they", () => {
  expect(rulesForReplays("intake", [hears, rebuild, live])).toEqual([hears, rebuild]);
});

test("a service that hears no replays is refused", () => {
  expect(() => rulesForReplays("storage", [live])).toThrow("storage hears no replays");
});

test("captured is what the rules hear, from this replay alone", () => {
  const wish = { rules: [hears, rebuild], replayPrefix: "vsl-x", jobs: [], users: [] };
  expect(JSON.parse(capturePattern(wish))).toEqual({
    "detail-type": ["MediaStored", "JobRequested"],
    "replay-name": [{ prefix: "vsl-x" }],
  });
});

test("jobs and users narrow it, since every event names them", () => {
  const wish = { rules: [hears], replayPrefix: "vsl-x", jobs: ["j-1", "j-2"], users: ["ann"] };
  expect(JSON.parse(capturePattern(wish))).toMatchObject({
    detail: { payload: { jobId: ["j-1", "j-2"], userId: ["ann"] } },
  });
});
