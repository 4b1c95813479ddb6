import { expect, test } from "vitest";
import type { ReplayProgress } from "./eventbridge-replay.ts";
import { readArchive, watchReplay } from "./read-archive.ts";

/** A replay that goes through these states, one a look, and stays in the last. */
function replayIn(...states: ReplayProgress["state"][]) {
  const canceled: string[] = [];
  const read = async (): Promise<ReplayProgress> => {
    const [state = "COMPLETED"] = states;
    if (states.length > 1) states.shift();
    return { state, reason: "the archive was deleted", lastEventTime: null };
  };
  return { canceled, archive: { read, cancel: async (name: string) => void canceled.push(name) } };
}

function queueOf(...portions: string[][]) {
  const kept: string[] = [];
  const drain = async (keep: (bodies: readonly string[]) => void) => {
    const portion = portions.shift() ?? [];
    keep(portion);
    return portion.length;
  };
  const spool = { keep: (bodies: readonly string[]) => void kept.push(...bodies) };
  return { kept, spool, capture: { drain, countWaiting: async () => portions.length } };
}

const quietly = { quietMs: 20, everyMs: 1, replayName: "vsl-r-1", onProgress: () => {} };
const never = new AbortController().signal;

test("reads until the replay has ended and nothing has come for a while, also what comes late", async () => {
  const { archive } = replayIn("STARTING", "RUNNING", "COMPLETED");
  const { kept, ...queue } = queueOf([], ["a"], ["b"], [], ["late"]);
  expect(await readArchive({ ...quietly, ...queue, archive, interrupted: never })).toBe(true);
  expect(kept).toEqual(["a", "b", "late"]);
});

test("an interruption cancels the replay", async () => {
  const { archive, canceled } = replayIn("RUNNING");
  const interrupted = AbortSignal.abort();
  expect(await readArchive({ ...quietly, ...queueOf(), archive, interrupted })).toBe(false);
  expect(canceled).toEqual(["vsl-r-1"]);
});

test("one that somebody else canceled has not come to its end", async () => {
  expect(await readArchive({ ...quietly, ...queueOf(), ...replayIn("CANCELLED"), interrupted: never })).toBe(false);
});

test("one that failed says why", async () => {
  const options = { ...quietly, ...queueOf(), ...replayIn("RUNNING", "FAILED"), interrupted: never };
  await expect(readArchive(options)).rejects.toThrow("vsl-r-1 failed: the archive was deleted");
});

test("EventBridge's own replay is watched to its end, or canceled", async () => {
  const watch = { replayName: "vsl-r-1", everyMs: 1, onProgress: () => {} };
  expect(await watchReplay({ ...watch, ...replayIn("STARTING", "COMPLETED"), interrupted: never })).toBe(true);
  const { archive, canceled } = replayIn("RUNNING", "CANCELLED");
  expect(await watchReplay({ ...watch, archive, interrupted: AbortSignal.abort() })).toBe(false);
  expect(canceled[0]).toBe("vsl-r-1");
});
