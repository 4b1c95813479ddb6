import type { JobId } from "@vsl/events";
import type { createStatusCache } from "../src/adapters/redis-status-cache.ts";
import { type Job, versionOf } from "../src/job.ts";

/** The status cache in a `Map`; nothing in it grows old. */
export function createMapCache(): ReturnType<typeof createStatusCache> {
  const entries = new Map<JobId, Job>();
  return {
    findCachedJob: async (jobId) => entries.get(jobId) ?? null,
    async cacheJob(job) {
      const kept = entries.get(job.request.jobId);
      if (!kept || versionOf(kept) < versionOf(job)) entries.set(job.request.jobId, job);
    },
  };
}
