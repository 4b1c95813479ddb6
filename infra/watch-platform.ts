import { createAlarm } from "./alarms";
import { createDashboard, everyModel } from "./dashboards";
import { physicalName } from "./names";
import { serviceNames } from "./service-names";

/** The alarm on the one API, and the dashboard of the whole. */
export function watchPlatform({ apiId, alarmTopicArn }: Record<"apiId" | "alarmTopicArn", $util.Output<string>>): void {
  createAlarm(alarmTopicArn, {
    name: "api-5xx",
    says: "callers got an answer of 5xx: read the query intake/errors",
    metric: { namespace: "AWS/ApiGateway", name: "5xx", dimensions: { ApiId: apiId } },
    statistic: "Sum",
    above: 0,
    seconds: 300,
  });
  apiId.apply((id) => createDashboard("system", systemWidgets(id)));
}

const systemWidgets = (apiId: string) => {
  const api = (metric: string) => ["AWS/ApiGateway", metric, "ApiId", apiId];
  const ofStage = (metric: string) => ["VSL/MediaGeneration", metric, "stage", $app.stage];
  const queues = (metric: string, suffix: string) =>
    serviceNames.map((service) => ["AWS/SQS", metric, "QueueName", physicalName(`${service}${suffix}`)]);
  return [
    { title: "Jobs started, by model", series: [everyModel("JobsStarted", "Sum")] },
    { title: "Jobs completed, by model", series: [everyModel("JobsCompleted", "Sum")] },
    { title: "Jobs failed, by model", series: [everyModel("JobsFailed", "Sum")] },
    { title: "Processing time, p95 by model (ms)", series: [everyModel("ProcessingTime", "p95")] },
    { title: "Webhook latency, p95 (ms)", series: [ofStage("WebhookLatency")], stat: "p95" as const },
    { title: "Cache hit rate", series: [ofStage("CacheHitRate")], stat: "Average" as const },
    { title: "Requests, 4xx, 5xx", series: ["Count", "4xx", "5xx"].map(api) },
    { title: "Answers, p95 (ms)", series: [api("Latency")], stat: "p95" as const },
    {
      title: "Oldest event that waits, by service (seconds)",
      series: queues("ApproximateAgeOfOldestMessage", ""),
      stat: "Maximum" as const,
    },
    {
      title: "Dead letters, by service",
      series: queues("ApproximateNumberOfMessagesVisible", "-dead-letters"),
      stat: "Maximum" as const,
    },
  ];
};
