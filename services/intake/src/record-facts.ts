import type { JobId } from "@vsl/events";
import { type Heard, type NotHeard, nothingToAnnounce } from "@vsl/events/hear";
import { factOf, type HeardEvent } from "./fact.ts";
import { type Fact, type Job, type JobRequest, processingTimeOf, stateOf } from "./job.ts";
import type { Progress } from "./metrics.ts";

/** `job` is null as long as nothing but facts is known of it: its request has yet to be replayed. */
export interface Recorded {
  /** Those that nobody had recorded before. */
  news: readonly Fact[];
  job: Job | null;
}

export interface Ports {
  /** Of each kind one at most. Each is written once; facts of a job that is not known yet make its row. */
  recordFacts: (jobId: JobId, facts: readonly Fact[]) => Promise<Recorded>;
  restoreRequest: (request: JobRequest) => Promise<Job | null>;
  cacheJob: (job: Job) => Promise<void>;
  /** Something was heard for the first time, and not from the archive. */
  countProgress: (progress: Progress) => void;
}

/**
 * Adds what other services announced to what is known of their jobs. What a batch says of one job goes into one write. Safe to
 * repeat and to reorder: each fact is written once, in any order. If we die after the write, the repeated delivery brings the
 * cache up to date.
 */
export async function recordEvents(ports: Ports, events: readonly HeardEvent[]): Promise<(Heard | NotHeard)[]> {
  const failures = new Map<JobId, unknown>();
  const record = ([jobId, about]: [JobId, HeardEvent[]]) =>
    recordJob(ports, jobId, about).catch((failed: unknown) => void failures.set(jobId, failed));
  await Promise.all([...Map.groupBy(events, ({ payload }) => payload.jobId)].map(record));
  return events.map(({ payload: { jobId } }) =>
    failures.has(jobId) ? { failed: failures.get(jobId) } : nothingToAnnounce,
  );
}

interface Told {
  fact: Fact;
  isReplayed: boolean;
}

async function recordJob(ports: Ports, jobId: JobId, events: readonly HeardEvent[]): Promise<void> {
  const told: Told[] = [];
  for (const event of events) {
    if (event.name === "JobRequested") {
      const job = await ports.restoreRequest(event.payload);
      if (job) await ports.cacheJob(job);
    } else {
      const fact = factOf(event);
      if (fact) told.push({ fact, isReplayed: event.replayName !== null });
    }
  }
  for (const together of writesOf(told)) {
    const { news, job } = await ports.recordFacts(
      jobId,
      together.map(({ fact }) => fact),
    );
    if (!job) continue;
    await ports.cacheJob(job);
    const live = together.filter(({ fact, isReplayed }) => !isReplayed && news.includes(fact));
    if (live.length > 0) ports.countProgress(progressOf(job, live));
  }
}

/** Two endings or two revisions of a charge need a write each, so that the first ending and the last charge hold. */
function writesOf(told: readonly Told[]): (readonly Told[])[] {
  if (told.length === 0) return [];
  const kinds = new Set(told.map(({ fact }) => fact.kind));
  return kinds.size === told.length ? [told] : told.map((one) => [one]);
}

function progressOf(job: Job, live: readonly Told[]): Progress {
  const processingTime = processingTimeOf(job);
  return {
    jobId: job.request.jobId,
    modelId: job.request.modelId,
    state: stateOf(job),
    news: live.map(({ fact }) => fact.kind),
    ...(processingTime !== undefined && { processingTime }),
  };
}
