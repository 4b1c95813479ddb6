import { CloudWatchClient, type MetricDatum, PutMetricDataCommand } from "@aws-sdk/client-cloudwatch";
import { type Distribution, distributionsOf, type Measurement } from "../metrics.ts";

const namespace = "VSL/MediaGeneration";

/** CloudWatch's limit of one datum. */
const maxDistinctValues = 150;
const flushEveryMs = 10_000;

export interface MetricsOptions {
  client: Pick<CloudWatchClient, "send">;
  stage: string;
  report: (error: unknown) => void;
  /** Between two calls; for what is worth knowing, but not soon. */
  restMs?: number;
  now?: () => number;
}

/** Metrics are told late and never twice: one call of CloudWatch that fails is given up. */
export const createCloudWatchClient = () =>
  new CloudWatchClient({
    maxAttempts: 1,
    requestHandler: { connectionTimeout: 500, requestTimeout: 1000, throwOnRequestTimeout: true },
  });

/** Collects measurements and sends them together, after ten seconds, a rest, or when asked to. Never throws. */
export function createMetrics({ client, stage, report, restMs = 0, now = Date.now }: MetricsOptions) {
  let collected: Measurement[] = [];
  let timer: NodeJS.Timeout | undefined;
  let since = 0;
  let sentAt = Number.NEGATIVE_INFINITY;

  return {
    measure(measurements: readonly Measurement[]): void {
      if (measurements.length === 0) return;
      if (collected.length === 0) since = now();
      collected.push(...measurements);
      timer ??= setTimeout(flush, Math.max(flushEveryMs, sentAt + restMs - now())).unref();
    },
    flush,
    /** A timer stands still while its process is frozen. */
    isOverdue: () => collected.length > 0 && now() - since >= flushEveryMs,
  };

  async function flush(): Promise<void> {
    clearTimeout(timer);
    timer = undefined;
    const sending = collected;
    collected = [];
    if (sending.length === 0) return;
    sentAt = now();
    const MetricData = distributionsOf(sending).flatMap((distribution) => datumsOf(distribution, stage));
    await client.send(new PutMetricDataCommand({ Namespace: namespace, MetricData })).catch(report);
  }
}

function datumsOf({ metric, unit, modelId, counts }: Distribution, stage: string): MetricDatum[] {
  const seen = [...counts];
  const pages = Array.from({ length: Math.ceil(seen.length / maxDistinctValues) }, (_, page) =>
    seen.slice(page * maxDistinctValues, (page + 1) * maxDistinctValues),
  );
  return pages.map((page) => ({
    MetricName: metric,
    Unit: unit,
    Timestamp: new Date(),
    Dimensions: [
      { Name: "stage", Value: stage },
      ...(modelId === undefined ? [] : [{ Name: "modelId", Value: modelId }]),
    ],
    Values: page.map(([value]) => value),
    Counts: page.map(([, count]) => count),
  }));
}
