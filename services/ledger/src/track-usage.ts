import type { JobProjection } from "./project-job.ts";

/** What one job adds to its user's day. */
export interface Usage {
  jobsRequested: number;
  jobsCompleted: number;
  jobsFailed: number;
  jobsCanceled: number;
  outputs: number;
  bytes: number;
  chargedMicros: number;
}

type CountedJob = Pick<JobProjection["job"], "status" | "outputCount" | "storedBytes" | "chargedMicros">;

const nothing: Usage = {
  ...{ jobsRequested: 0, jobsCompleted: 0, jobsFailed: 0, jobsCanceled: 0 },
  ...{ outputs: 0, bytes: 0, chargedMicros: 0 },
};

function usageOf(job: CountedJob | null): Usage {
  if (!job) return nothing;
  return {
    jobsRequested: 1,
    jobsCompleted: job.status === "completed" ? 1 : 0,
    jobsFailed: job.status === "failed" ? 1 : 0,
    jobsCanceled: job.status === "canceled" ? 1 : 0,
    outputs: job.outputCount,
    bytes: job.storedBytes,
    chargedMicros: job.chargedMicros ?? 0,
  };
}

/** What changes in the day's sums when a job's row goes from one state to another: the sums never depend on the order. */
export function usageDifference(before: CountedJob | null, after: CountedJob): Usage {
  const [old, now] = [usageOf(before), usageOf(after)];
  return {
    jobsRequested: now.jobsRequested - old.jobsRequested,
    jobsCompleted: now.jobsCompleted - old.jobsCompleted,
    jobsFailed: now.jobsFailed - old.jobsFailed,
    jobsCanceled: now.jobsCanceled - old.jobsCanceled,
    outputs: now.outputs - old.outputs,
    bytes: now.bytes - old.bytes,
    chargedMicros: now.chargedMicros - old.chargedMicros,
  };
}
