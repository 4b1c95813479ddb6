import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { ensureAttempt } from "./attempt.ts";
import type { ReplayProgress, Stretch } from "./eventbridge-replay.ts";
import { openSpool, type Spool } from "./spool.ts";

let folder: string;
let spool: Spool;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "vsl-attempt-"));
  const chosen = { jobs: [], users: [], models: [], events: [] };
  const request = { service: "ledger" as const, from: 10, to: 90, rate: null, dryRun: false, ...chosen };
  spool = openSpool(join(folder, "r.sqlite"), { request, stage: "local", attempt: 1, from: 10, step: "reading" });
});
afterEach(() => {
  spool.close();
  rmSync(folder, { recursive: true });
});

/** EventBridge with the replays that it knows. */
function eventBridge(known: Record<string, ReplayProgress["state"]> = {}) {
  const started: Stretch[] = [];
  const find = async (name: string) => {
    const state = known[name];
    return state ? { state, reason: undefined, lastEventTime: null } : null;
  };
  const start = async (stretch: Stretch) => {
    if (known[stretch.name]) throw new Error(`Replay ${stretch.name} already exists.`);
    known[stretch.name] = "STARTING";
    started.push(stretch);
  };
  return { started, archive: { find, start } };
}
const wish = { name: "vsl-r", ruleArns: ["arn:rule"] };

test("the first attempt is started once, and found again while it runs or when it has ended", async () => {
  const { archive, started } = eventBridge();
  expect(await ensureAttempt(archive, spool, wish)).toBe("vsl-r-1");
  expect(await ensureAttempt(archive, spool, wish)).toBe("vsl-r-1");
  expect(started).toEqual([{ name: "vsl-r-1", from: 10, to: 90, ruleArns: ["arn:rule"] }]);
  expect(await ensureAttempt(eventBridge({ "vsl-r-1": "COMPLETED" }).archive, spool, wish)).toBe("vsl-r-1");
});

test.each(["CANCELLED", "CANCELLING", "FAILED"] as const)(
  "after one that is %s comes the next, from where it stopped",
  async (state) => {
    const { archive, started } = eventBridge({ "vsl-r-1": state });
    spool.update({ from: 40 });
    expect(await ensureAttempt(archive, spool, wish)).toBe("vsl-r-2");
    expect(started).toMatchObject([{ name: "vsl-r-2", from: 40, to: 90 }]);
    expect(spool.state().attempt).toBe(2);
  },
);

test("an attempt that was noted, but died before it was started, keeps its name", async () => {
  const { archive, started } = eventBridge({ "vsl-r-1": "CANCELLED" });
  spool.update({ attempt: 2 });
  expect(await ensureAttempt(archive, spool, wish)).toBe("vsl-r-2");
  expect(started).toHaveLength(1);
});
