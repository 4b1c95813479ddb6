import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { ReplayRequest } from "./request.ts";
import { openSpool, type ReplayState } from "./spool.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "vsl-spool-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const request: ReplayRequest = {
  ...{ service: "ledger", from: null, to: 1, rate: null, dryRun: false },
  ...{ jobs: [], users: [], models: [], events: [] },
};
const state = (changes: Partial<ReplayRequest> = {}): ReplayState => ({
  ...{ request: { ...request, ...changes, from: 0 }, stage: "local", attempt: 1, from: 0, step: "reading" },
});
const open = (changes?: Partial<ReplayRequest>) => openSpool(join(folder, "replays", "r.sqlite"), state(changes));

let minute = 0;
const body = (id: string, { fact = id, job = "j-1", name = "MediaStored", model }: Record<string, string> = {}) =>
  JSON.stringify({
    ...{ id, "detail-type": name, time: `2026-11-20T10:${String(minute++ % 60).padStart(2, "0")}:00Z` },
    detail: { id: fact, payload: { jobId: job, ...(model && { modelId: model }) } },
  });
const everything = { maxJobs: 100, maxBytes: 1_000_000 };

test("an event that comes twice from the queue is kept once", () => {
  const spool = open();
  const twice = body("e-1");
  spool.keep([twice]);
  spool.keep([twice, body("e-2")]);
  expect(spool.counts()).toEqual({ read: 2, toReplay: 2, replayed: 0, skipped: 0 });
  spool.close();
});

test("of a fact that was announced twice one is replayed, and one skipped", () => {
  const spool = open();
  spool.keep([body("e-1", { fact: "f" }), body("e-2", { fact: "f" })]);
  expect(spool.counts()).toMatchObject({ toReplay: 1, skipped: 1 });
  expect(spool.nextJobs(everything).map(({ id }) => id)).toEqual(["e-1"]);
  spool.close();
});

test("a model chooses whole jobs, also by events that do not name it", () => {
  const spool = open({ models: ["flux"] });
  spool.keep([
    ...[body("a", { job: "j-1", name: "JobRequested", model: "flux" }), body("b", { job: "j-1" })],
    ...[body("c", { job: "j-2", name: "JobRequested", model: "other" }), body("d", { job: "j-2" })],
  ]);
  expect(spool.nextJobs(everything).map(({ id }) => id)).toEqual(["a", "b"]);
  expect(spool.counts()).toMatchObject({ toReplay: 2, skipped: 2 });
  spool.close();
});

test("an event's name chooses among the jobs that a model chose", () => {
  const spool = open({ models: ["flux"], events: ["MediaStored"] });
  spool.keep([body("a", { name: "JobRequested", model: "flux" }), body("b"), body("c", { job: "j-2" })]);
  expect(spool.nextJobs(everything).map(({ id }) => id)).toEqual(["b"]);
  spool.close();
});

test("jobs come whole, the oldest first, as many as fit, and never none", () => {
  const spool = open();
  spool.keep(["j-1", "j-2", "j-1", "j-3"].map((job, index) => body(`e-${index}`, { job })));
  expect(spool.nextJobs({ maxJobs: 2, maxBytes: 1_000_000 }).map(({ id }) => id)).toEqual(["e-0", "e-1", "e-2"]);
  expect(spool.nextJobs({ maxJobs: 2, maxBytes: 1 }).map(({ id }) => id)).toEqual(["e-0", "e-2"]);
  spool.close();
});

test("what was delivered and what changed is known to whoever opens it again", () => {
  const file = join(folder, "replays", "r.sqlite");
  const first = open();
  first.keep([body("e-1"), body("e-2", { job: "j-2" })]);
  first.markDelivered(["e-1"]);
  first.noteChanges([{ table: "jobs", key: "j-1", change: "added" }]);
  first.update({ step: "delivering" });
  first.close();
  const second = openSpool(file);
  expect(second.state().step).toBe("delivering");
  expect(second.nextJobs(everything).map(({ id }) => id)).toEqual(["e-2"]);
  expect(second.changesByTable()).toEqual([["jobs", { added: 1, changed: 0, equal: 0 }]]);
  second.remove();
  expect(() => openSpool(file)).toThrow("There is no");
});

test("a row that several jobs share counts once, by the most that is done to it", () => {
  const spool = open();
  const row = (change: "added" | "changed" | "equal") => ({ table: "usage", key: "ann", change });
  spool.noteChanges([row("equal"), row("changed"), row("equal")]);
  expect(spool.changesByTable()).toEqual([["usage", { added: 0, changed: 1, equal: 0 }]]);
  spool.close();
});

test("only its owner reads it: prompts are in it", () => {
  const spool = open();
  expect(statSync(join(folder, "replays", "r.sqlite")).mode & 0o077).toBe(0);
  spool.close();
});
