import type { JobId } from "@vsl/events";
import { type Heard, nothingToAnnounce } from "@vsl/events/hear";
import { factOf, type HeardEvent } from "./fact.ts";
import { type Fact, type Job, type JobRequest, processingTimeOf, stateOf } from "./job.ts";
import type { Progress } from "./metrics.ts";

/** `job` is null as long as nothing but facts is known of it: its request has yet to be replayed. */
export interface Recorded {
  isNew: boolean;
  job: Job | null;
}

export interface Ports {
  /** Written once; a fact of a job that is not known yet makes its row. */
  recordFact: (jobId: JobId, fact: Fact) => Promise<Recorded>;
  restoreRequest: (request: JobRequest) => Promise<Recorded>;
  cacheJob: (job: Job) => Promise<void>;
  /** A fact was heard for the first time, and not from the archive. */
  countFact: (progress: Progress) => void;
}

/**
 * Adds what another service announced to what is known of the job. Safe to repeat and to reorder: each fact is written once,
 * in any order. If we die after the write, the repeated delivery brings the cache up to date.
 */
export async function recordEvent(ports: Ports, event: HeardEvent): Promise<Heard> {
  if (event.name === "JobRequested") {
    const { job } = await ports.restoreRequest(event.payload);
    if (job) await ports.cacheJob(job);
    return nothingToAnnounce;
  }
  const fact = factOf(event);
  if (!fact) return nothingToAnnounce;
  const { isNew, job } = await ports.recordFact(event.payload.jobId, fact);
  if (!job) return nothingToAnnounce;
  await ports.cacheJob(job);
  if (isNew && event.replayName === null) ports.countFact(progressOf(job, fact));
  return nothingToAnnounce;
}

function progressOf(job: Job, fact: Fact): Progress {
  const processingTime = processingTimeOf(job);
  return {
    jobId: job.request.jobId,
    modelId: job.request.modelId,
    state: stateOf(job),
    fact: fact.kind,
    ...(processingTime !== undefined && { processingTime }),
  };
}
