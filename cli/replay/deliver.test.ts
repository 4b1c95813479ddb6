import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { PreviewAnswer } from "@vsl/events/preview";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type DeliverPorts, deliver } from "./deliver.ts";
import { openSpool, type Spool } from "./spool.ts";

let folder: string;
let spool: Spool;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "vsl-deliver-"));
  const chosen = { jobs: [], users: [], models: [], events: [] };
  const request = { service: "ledger" as const, from: 0, to: 1, rate: null, dryRun: false, ...chosen };
  spool = openSpool(join(folder, "r.sqlite"), { request, stage: "local", attempt: 1, from: 0, step: "delivering" });
  spool.keep(["j-1", "j-2", "j-1"].map(bodyOf));
});
afterEach(() => {
  spool.close();
  rmSync(folder, { recursive: true });
});

const bodyOf = (jobId: string, index: number) =>
  JSON.stringify({
    ...{ id: `e-${index}`, "detail-type": "MediaStored", time: `2026-11-20T10:0${index}:00Z` },
    detail: { id: `f-${index}`, payload: { jobId } },
  });

function listen(ports: Partial<DeliverPorts> = {}) {
  const sent: string[] = [];
  const interrupt = new AbortController();
  const answer: PreviewAnswer = { rows: [{ table: "jobs", key: "j-1", change: "added" }], unreadable: [] };
  const all: DeliverPorts = {
    preview: async () => answer,
    send: async (bodies) => void sent.push(...bodies.map((body) => JSON.parse(body).id)),
    pace: async () => {},
    ...ports,
  };
  const run = (dryRun: boolean) =>
    deliver(spool, all, { dryRun, batchSize: 2, interrupted: interrupt.signal, onProgress: () => {} });
  return { sent, interrupt, run };
}

test("everything is handed over, each job in its order, and counted with what it changed", async () => {
  const { sent, run } = listen();
  await run(false);
  expect(sent).toEqual(["e-0", "e-1", "e-2"]);
  expect(spool.counts()).toMatchObject({ toReplay: 3, replayed: 3 });
  expect(spool.changesByTable()).toEqual([["jobs", { added: 1, changed: 0, equal: 0 }]]);
});

test("a dry run hands nothing over", async () => {
  const { sent, run } = listen();
  await run(true);
  expect(sent).toEqual([]);
  expect(spool.counts()).toMatchObject({ replayed: 3 });
});

test("what could not be sent is sent the next time, and what was is not", async () => {
  let calls = 0;
  const first = listen({
    send: async () => {
      calls++;
      if (calls === 2) throw new Error("SQS is away");
    },
  });
  await expect(first.run(false)).rejects.toThrow("SQS is away");
  const second = listen();
  await second.run(false);
  expect(second.sent).toEqual(["e-2"]);
});

test("an interruption ends it after the batch under way", async () => {
  const { sent, interrupt, run } = listen({ pace: async () => interrupt.abort() });
  await run(false);
  expect(sent).toEqual(["e-0", "e-1"]);
});

test("without the service's preview a replay counts no changes, and a dry run is refused", async () => {
  await expect(listen({ preview: async () => null }).run(true)).rejects.toThrow("deployed without its preview");
  await listen({ preview: async () => null }).run(false);
  expect(spool.counts()).toMatchObject({ replayed: 3 });
  expect(spool.changesByTable()).toEqual([]);
});

test("events that would be dead letters are told with their reasons", async () => {
  const unreadable = [0, 2].map((index) => ({ index, reason: "MediaStored v2 is newer than v1" }));
  await listen({ preview: async () => ({ rows: [], unreadable }) }).run(true);
  expect(spool.unreadable()).toEqual([{ reason: "MediaStored v2 is newer than v1", count: 2 }]);
});
