import type { JobId, Publish } from "@vsl/events";
import type { JobRequest } from "./job.ts";
import { announceRequest } from "./request-job.ts";

/** Younger jobs are still in the hands of the request that made them. */
const graceMs = 30_000;
/** By then a job's row is written if it ever will be: several times what a request may take. */
const writtenWithinMs = 120_000;
/** How far the very first sweep looks back. */
const firstLookMs = 7 * 86_400_000;

/** Times in epoch milliseconds. */
export interface Ports {
  /** All jobs that were made before then are announced; null when nobody has swept yet. */
  readSweptUntil: () => Promise<number | null>;
  saveSweptUntil: (sweptUntil: number) => Promise<void>;
  /** Pages of jobs that were made in that time, and never seen to have been announced. */
  findUnannounced: (made: { from: number; before: number }) => AsyncIterable<readonly JobRequest[]>;
  publish: Publish;
  markAnnounced: (jobId: JobId) => Promise<void>;
  now?: () => number;
}

/**
 * Announces the jobs whose announcement nobody saw. Safe to repeat: it is the same event with the same id. If we die before
 * the mark is taken away, or before the end, the next minute begins where this one began.
 */
export async function announceForgotten(ports: Ports): Promise<number> {
  const { readSweptUntil, saveSweptUntil, findUnannounced, publish, markAnnounced, now = Date.now } = ports;
  const startedAt = now();
  const sweptUntil = (await readSweptUntil()) ?? startedAt - firstLookMs;
  const settled = startedAt - writtenWithinMs;
  let announced = 0;
  // A clock that was set back makes jobs of a time that was swept already.
  const made = { from: Math.min(sweptUntil, settled), before: startedAt - graceMs };
  for await (const requests of findUnannounced(made)) {
    await publish(requests.map(announceRequest));
    await Promise.all(requests.map(({ jobId }) => markAnnounced(jobId)));
    announced += requests.length;
  }
  await saveSweptUntil(settled);
  return announced;
}
