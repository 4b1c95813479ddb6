import { type AccountId, type JobId, jobIdSchema, Rejected } from "@vsl/events";
import type { Job } from "./job.ts";

export interface Ports {
  /** Null when the cache does not know the job, or does not answer. */
  findCachedJob: (jobId: JobId) => Promise<Job | null>;
  /** As the table has it now. */
  findJob: (jobId: JobId) => Promise<Job | null>;
  /** Kept unless the cache knows more already. */
  cacheJob: (job: Job) => Promise<void>;
  countCacheRead: (outcome: "hit" | "miss") => void;
}

/** The job as it is known, if it is the account's own: somebody else's job is as unknown as none. */
export async function readJob(
  { findCachedJob, findJob, cacheJob, countCacheRead }: Ports,
  { accountId, jobId }: { accountId: AccountId; jobId: string },
): Promise<Job> {
  const id = parseJobId(jobId);
  const cached = await findCachedJob(id);
  countCacheRead(cached ? "hit" : "miss");
  if (cached) return ownJob(cached, accountId);
  const found = await findJob(id);
  if (found) await cacheJob(found);
  return ownJob(found, accountId);
}

export function ownJob(job: Job | null, accountId: AccountId): Job {
  if (job?.request.accountId !== accountId) throw unknownJob();
  return job;
}

/** What is no job id at all is no job either. */
export function parseJobId(text: string): JobId {
  const parsed = jobIdSchema.safeParse(text);
  if (!parsed.success) throw unknownJob();
  return parsed.data;
}

const unknownJob = () => new Rejected("job.unknown", "There is no such job");
