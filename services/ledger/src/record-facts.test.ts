import type { Announcement } from "@vsl/events";
import { hear } from "@vsl/events/hear";
import { delivery, sqsBatch } from "@vsl/events/testing";
import { expect, test } from "vitest";
import { type Fact, factsOf } from "./facts.ts";
import { hears } from "./hears.ts";
import { projectJob } from "./project-job.ts";
import { type Ports, recordFacts } from "./record-facts.ts";
import { story } from "./test-facts.ts";

/** A ledger in memory: the facts by id, everything else follows from them. */
function ledgerInMemory(): Ports & { statusOf: (job: string) => string | undefined } {
  const kept = new Map<string, Fact>();
  const of = (job: string) => factsOf([...kept.values()].filter(({ payload }) => payload.jobId === job));
  return {
    keepFacts: async (facts) => {
      for (const fact of facts) if (!kept.has(fact.id)) kept.set(fact.id, fact);
      return new Map(facts.map(({ payload }) => [payload.jobId, of(payload.jobId)]));
    },
    statusOf: (job) => projectJob(of(job))?.job.status,
  };
}

function listen(ledger: Ports) {
  const announced: Announcement[] = [];
  const dead: string[] = [];
  const handler = hear<typeof hears>({
    hears,
    handle: (events) => recordFacts(ledger, events),
    publish: async (all) => void announced.push(...all),
    deadLetter: async (_, reason) => void dead.push(reason),
    retryLater: async () => {},
    log: () => {},
  });
  return { announced, dead, deliver: (...bodies: string[]) => handler(sqsBatch(bodies)) };
}

const { requested, completed, stored, started } = story();
const jobId = "019a9f3c-5a00-7cc3-98c4-dc0c0c07398f";

test("a job that completed is charged, and the charge announced", async () => {
  const { announced, deliver } = listen(ledgerInMemory());
  await deliver(delivery(requested), delivery(started), delivery(completed));
  expect(announced).toHaveLength(1);
  expect(announced[0]?.detail.payload).toMatchObject({ jobId, revision: 1, amountMicros: 3000, source: "measured" });
});

test("delivered twice: the same charge is announced again under the same id", async () => {
  const { announced, deliver } = listen(ledgerInMemory());
  await deliver(delivery(requested));
  await deliver(delivery(completed));
  await deliver(delivery(completed));
  expect(announced).toHaveLength(2);
  expect(announced[0]).toEqual(announced[1]);
});

test("out of order: whatever comes last completes the charge", async () => {
  const ledger = ledgerInMemory();
  const { announced, deliver } = listen(ledger);
  await deliver(delivery(stored));
  await deliver(delivery(completed));
  expect(announced).toEqual([]);
  expect(ledger.statusOf(jobId)).toBeUndefined();
  await deliver(delivery(requested));
  expect(announced.map(({ detailType }) => detailType)).toEqual(["JobCharged"]);
  expect(ledger.statusOf(jobId)).toBe("completed");
});

test("stored media announce no charge that stands already, and a correction if they make one", async () => {
  const stands = listen(ledgerInMemory());
  for (const each of [requested, completed, stored]) await stands.deliver(delivery(each));
  expect(stands.announced).toHaveLength(1);

  const priced = {
    rule: { per: "megapixel", amountMicros: 30_000 },
    expected: { outputs: 1, outputSeconds: 0, megapixels: 1, predictSeconds: 1 },
    amountMicros: 30_000,
    currency: "USD",
  } as const;
  const job = story({ requested: { price: priced } });
  const corrected = listen(ledgerInMemory());
  for (const each of [job.requested, job.completed, job.stored]) await corrected.deliver(delivery(each));
  expect(corrected.announced.map(({ detail }) => detail.payload)).toMatchObject([
    { revision: 1, source: "estimated" },
    { revision: 2, source: "measured" },
  ]);
});

test("a replay rebuilds and announces nothing", async () => {
  const ledger = ledgerInMemory();
  const { announced, deliver } = listen(ledger);
  await deliver(...[requested, completed, stored].map((each) => delivery(each, { "replay-name": "rebuild" })));
  expect(announced).toEqual([]);
  expect(ledger.statusOf(jobId)).toBe("completed");
});

test("unreadable: to the dead letters, its batch-mates are recorded", async () => {
  const ledger = ledgerInMemory();
  const { dead, deliver } = listen(ledger);
  expect(await deliver("{", delivery(requested))).toEqual({ batchItemFailures: [] });
  expect(dead).toEqual(["not JSON"]);
  expect(ledger.statusOf(jobId)).toBe("pending");
});

test("Postgres down: the whole batch comes again", async () => {
  const { deliver } = listen({ keepFacts: async () => Promise.reject(new Error("Postgres cannot be reached")) });
  const answer = await deliver(delivery(requested), delivery(completed));
  expect(answer.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier)).toEqual(["m-0", "m-1"]);
});
