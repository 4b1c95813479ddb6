import type { JobId, Publish } from "@vsl/events";
import type { JobRequest } from "./job.ts";
import { announceRequest } from "./request-job.ts";

/** Younger jobs are still in the hands of the request that made them. */
const graceMs = 30_000;

export interface Ports {
  /** Pages of jobs that were requested before, and never seen to have been announced. */
  findUnannounced: (requestedBefore: string) => AsyncIterable<readonly JobRequest[]>;
  publish: Publish;
  markAnnounced: (jobId: JobId) => Promise<void>;
  now?: () => number;
}

/**
 * Announces the jobs whose announcement nobody saw. Safe to repeat: it is the same event with the same id. If we die before
 * the mark is taken away, the next minute announces once more.
 */
export async function announceForgotten({ findUnannounced, publish, markAnnounced, now = Date.now }: Ports) {
  let announced = 0;
  for await (const requests of findUnannounced(new Date(now() - graceMs).toISOString())) {
    await publish(requests.map(announceRequest));
    await Promise.all(requests.map(({ jobId }) => markAnnounced(jobId)));
    announced += requests.length;
  }
  return announced;
}
