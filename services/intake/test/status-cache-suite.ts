import { beforeEach, describe, expect, test } from "vitest";
import type { createStatusCache } from "../src/adapters/redis-status-cache.ts";
import { type Job, jobSchema } from "../src/job.ts";
import { newJobId } from "../src/job-id.ts";
import { charged, jobRequest, started, stored } from "./examples.ts";

/** What every status cache keeps to, the one in a `Map` and the one in Redis. */
export function describeStatusCache(name: string, connect: () => ReturnType<typeof createStatusCache>) {
  describe(`the status cache on ${name}`, () => {
    let cache: ReturnType<typeof createStatusCache>;
    let requested: Job;
    let processing: Job;
    let completed: Job;

    beforeEach(() => {
      cache = connect();
      requested = jobSchema.parse({ request: { ...jobRequest, jobId: newJobId(Date.now()) } });
      processing = { ...requested, started: started.payload };
      const { media, storedAt } = stored.payload;
      completed = { ...processing, ending: { how: "stored", media, endedAt: storedAt }, charge: charged.payload };
    });

    test("knows no job that it was not told of", async () => {
      expect(await cache.findCachedJob(requested.request.jobId)).toBeNull();
    });

    test("gives back what it was told", async () => {
      const job = jobSchema.parse(completed);
      await cache.cacheJob(job);
      expect(await cache.findCachedJob(job.request.jobId)).toEqual(job);
    });

    test("takes what is newer and leaves what is older, so that no status goes back", async () => {
      const seen: (boolean | undefined)[] = [];
      for (const job of [processing, requested, completed, processing]) {
        await cache.cacheJob(jobSchema.parse(job));
        const kept = await cache.findCachedJob(job.request.jobId);
        seen.push(kept?.started !== undefined, kept?.ending !== undefined);
      }
      expect(seen).toEqual([true, false, true, false, true, true, true, true]);
    });

    test("takes a correction of the charge", async () => {
      const corrected = { ...completed, charge: { ...charged.payload, revision: 2, amountMicros: 1 } };
      await cache.cacheJob(jobSchema.parse(completed));
      await cache.cacheJob(jobSchema.parse(corrected));
      expect(await cache.findCachedJob(requested.request.jobId)).toMatchObject({ charge: { amountMicros: 1 } });
    });
  });
}
