import { CloudWatchClient, type MetricDatum, PutMetricDataCommand } from "@aws-sdk/client-cloudwatch";

const namespace = "VSL/MediaGeneration";
/** CloudWatch's limit of one datum. */
const maxValues = 150;

export interface MetricsOptions {
  client: Pick<CloudWatchClient, "send">;
  stage: string;
  report: (error: unknown) => void;
}

/** A metric is worth one try of a second, no more. */
export const createCloudWatchClient = () =>
  new CloudWatchClient({
    maxAttempts: 1,
    requestHandler: { connectionTimeout: 500, requestTimeout: 1000, throwOnRequestTimeout: true },
  });

/** Latencies that come while a call is under way go out together with the next one. Never throws. */
export function createLatencyMetric({ client, stage, report }: MetricsOptions) {
  let collected: number[] = [];
  let sending: Promise<void> | null = null;

  return { measureLatency: (ms: number) => void collected.push(ms), flush };

  function flush(): Promise<void> {
    sending ??= sendAll().finally(() => {
      sending = null;
    });
    return sending;
  }

  async function sendAll(): Promise<void> {
    while (collected.length > 0) {
      const values = collected.slice(0, maxValues);
      collected = collected.slice(maxValues);
      const command = new PutMetricDataCommand({ Namespace: namespace, MetricData: [datumOf(values)] });
      await client.send(command).catch(report);
    }
  }

  function datumOf(values: number[]): MetricDatum {
    return {
      MetricName: "WebhookLatency",
      Unit: "Milliseconds",
      Timestamp: new Date(),
      Dimensions: [{ Name: "stage", Value: stage }],
      Values: values,
    };
  }
}
