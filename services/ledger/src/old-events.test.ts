import { hear } from "@vsl/events/hear";
import { replayArchive, sqsBatch } from "@vsl/events/testing";
import { expect, test } from "vitest";
import { type Fact, factsOf } from "./facts.ts";
import { hears } from "./hears.ts";
import { projectJob } from "./project-job.ts";
import { recordFacts } from "./record-facts.ts";

const archive = replayArchive(hears.map(({ name }) => name));

/** What the ledger says of each job after these events, by the job. */
async function rebuilt(bodies: readonly string[]) {
  const kept = new Map<string, Fact>();
  const jobsOf = () => Map.groupBy(kept.values(), ({ payload }) => payload.jobId);
  const troubles: string[] = [];
  const handler = hear<typeof hears>({
    hears,
    handle: (events) =>
      recordFacts(
        {
          keepFacts: async (facts) => {
            for (const fact of facts) kept.set(fact.id, fact);
            return new Map([...jobsOf()].map(([jobId, own]) => [jobId, factsOf(own)]));
          },
        },
        events,
      ),
    publish: async (announcements) => void troubles.push(...announcements.map(({ detailType }) => detailType)),
    deadLetter: async (_, reason) => void troubles.push(reason),
    retryLater: async () => {},
    log: () => {},
  });
  expect(await handler(sqsBatch(bodies))).toEqual({ batchItemFailures: [] });
  expect(troubles).toEqual([]);
  const jobs = [...jobsOf()].map(([jobId, facts]) => [jobId, projectJob(factsOf(facts))] as const);
  return new Map(jobs.toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

test("an archive of every version that ever was accounts for each job, and announces nothing", async () => {
  const jobs = [...(await rebuilt(archive)).values()];
  expect(jobs.map((each) => [each?.job.modelId, each?.job.status, each?.job.chargedMicros])).toEqual([
    ["flux-schnell", "completed", 6000],
    ["flux-dev", "failed", 0],
    ["lyria-2", "completed", 60_000],
    ["seedance-1-lite", "completed", 36_000],
    ["stability-video", "canceled", 41_370],
    ["flux-schnell", "failed", 6000],
  ]);
});

test("twice and backwards the accounts are the same", async () => {
  const once = await rebuilt(archive);
  expect(await rebuilt([...archive, ...archive])).toEqual(once);
  expect(await rebuilt(archive.toReversed())).toEqual(once);
});
