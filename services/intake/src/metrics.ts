import type { JobId } from "@vsl/events";
import type { Fact, JobState } from "./job.ts";

/** One value of a metric in `VSL/MediaGeneration`. */
export interface Measurement {
  metric: "JobsStarted" | "JobsCompleted" | "JobsFailed" | "ProcessingTime" | "CacheHitRate";
  unit: "Count" | "Milliseconds" | "Percent";
  value: number;
  modelId?: string;
}

/** A job got further. */
export interface Progress {
  jobId: JobId;
  modelId: string;
  state: JobState;
  /** What was heard of it for the first time. */
  news: readonly Fact["kind"][];
  processingTime?: number;
}

/**
 * What the news of a job count for. A canceled job neither completed nor failed. A job's time is known with its start or its
 * end, whichever is heard last.
 */
export function measurementsOf({ modelId, state, news, processingTime }: Progress): Measurement[] {
  const moved = news.filter((kind) => kind !== "charge");
  const metrics = moved.map((kind) => (kind === "started" ? "JobsStarted" : endMetrics[state]));
  const counted = metrics.flatMap((metric): Measurement[] =>
    metric ? [{ metric, unit: "Count", value: 1, modelId }] : [],
  );
  if (moved.length === 0 || state !== "completed" || processingTime === undefined) return counted;
  return [...counted, { metric: "ProcessingTime", unit: "Milliseconds", value: processingTime, modelId }];
}

const endMetrics: Partial<Record<JobState, Measurement["metric"]>> = {
  completed: "JobsCompleted",
  failed: "JobsFailed",
};

/** Averages to the rate. */
export const cacheRead = (outcome: "hit" | "miss"): Measurement => ({
  metric: "CacheHitRate",
  unit: "Percent",
  value: outcome === "hit" ? 100 : 0,
});

/** Many measurements of one metric as CloudWatch takes them at once: distinct values, and how often each was seen. */
export interface Distribution extends Omit<Measurement, "value"> {
  counts: Map<number, number>;
}

export function distributionsOf(measurements: readonly Measurement[]): Distribution[] {
  const byMetric = new Map<string, Distribution>();
  for (const { value, ...metric } of measurements) {
    const key = `${metric.metric} ${metric.modelId ?? ""}`;
    const distribution = byMetric.get(key) ?? { ...metric, counts: new Map<number, number>() };
    distribution.counts.set(value, (distribution.counts.get(value) ?? 0) + 1);
    byMetric.set(key, distribution);
  }
  return [...byMetric.values()];
}
