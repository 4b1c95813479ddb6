import { type AccountId, announce, JobCancelRequested, type JobId, type Publish, Rejected } from "@vsl/events";
import type { Job } from "./job.ts";
import { ownJob, parseJobId } from "./read-job.ts";

export interface Ports {
  findJob: (jobId: JobId) => Promise<Job | null>;
  /** When the cancel was first requested, which is now unless it was before; null if the job has ended. */
  saveCancel: (jobId: JobId, requestedAt: string) => Promise<string | null>;
  /** The table's word, so that no cache tells the caller less afterwards. */
  cacheJob: (job: Job) => Promise<void>;
  publish: Publish;
  now?: () => number;
}

/**
 * Asks for the job's end. Safe to repeat: the time of the first request is kept and announced again. If we die or the bus
 * fails before the announcement, the caller has no 202 and asks again.
 */
export async function cancelJob(
  { findJob, saveCancel, cacheJob, publish, now = Date.now }: Ports,
  { accountId, jobId }: { accountId: AccountId; jobId: string },
): Promise<Job> {
  const job = ownJob(await findJob(parseJobId(jobId)), accountId);
  await cacheJob(job);
  const { request } = job;
  const requestedAt = job.ending ? null : await saveCancel(request.jobId, new Date(now()).toISOString());
  if (requestedAt === null) throw new Rejected("job.ended", "The job has already ended");
  const payload = { jobId: request.jobId, accountId, userId: request.userId, requestedAt };
  await publish([announce(JobCancelRequested, payload, { correlationId: request.jobId, occurredAt: requestedAt })]);
  return job;
}
