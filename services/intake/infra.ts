import { JobRequested, PredictionCompleted } from "@vsl/events";
import { route } from "../../infra/api";
import { reserve } from "../../infra/concurrency";
import { createConsumer } from "../../infra/consumer";
import { physicalName } from "../../infra/names";
import { allow, allowMetrics } from "../../infra/permissions";
import type { Platform } from "../../infra/platform";
import { keptTable } from "../../infra/table";
import { beginsNoTrace } from "../../infra/tracing";
import { watched, watchService } from "../../infra/watch-service";
import { hears } from "./src/hears";

export default function intake(platform: Platform): void {
  const jobs = new sst.aws.Dynamo("RealtimeJobs", {
    fields: { pk: "string", sk: "string" },
    primaryIndex: { hashKey: "pk", rangeKey: "sk" },
    ttl: "expiresAt",
    transform: { table: keptTable("realtime-jobs") },
  });
  // Open is for one machine; a stage on AWS answers nobody without a key.
  const access = new sst.Linkable("Access", { properties: { mode: $app.stage === "local" ? "open" : "keys" } });
  const announces = allow(["events:PutEvents", "events:DescribeEventBus"], platform.bus.arn);

  const http = new sst.aws.Function("IntakeHttp", {
    name: physicalName("intake-http"),
    handler: "services/intake/src/on-http.handler",
    timeout: "20 seconds",
    concurrency: reserve(100),
    vpc: platform.network,
    link: [platform.bus.link, platform.api.link, platform.cache.link, platform.mediaLinkSecret.link, jobs, access],
    permissions: [
      allow(["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem"], jobs.arn),
      announces,
      allowMetrics,
    ],
  });
  route(platform, "Intake", ["POST /generate-media", "GET /status/{jobId}", "POST /jobs/{jobId}/cancel"], http);

  const consumer = createConsumer(platform, {
    name: "Intake",
    service: "intake",
    rules: {
      Hears: {
        hears: hears.filter((event) => event !== PredictionCompleted && event !== JobRequested),
        replays: "too",
      },
      // A prediction that succeeded ends no job: its media do.
      Failures: { hears: [PredictionCompleted], payload: { outcome: ["failed", "canceled"] }, replays: "too" },
      // Its own announcement comes back only to rebuild the table.
      Rebuild: { hears: [JobRequested], replays: "only" },
    },
    timeoutSeconds: 10,
    batchSize: 10,
    maximumConcurrency: 10,
    maxReceiveCount: 20,
  });
  const events = consumer.subscribe({
    name: physicalName("intake-events"),
    handler: "services/intake/src/on-events.handler",
    vpc: platform.network,
    link: [platform.bus.link, platform.cache.link, jobs, ...consumer.links],
    permissions: [allow(["dynamodb:GetItem", "dynamodb:UpdateItem"], jobs.arn), allowMetrics, ...consumer.permissions],
  });

  const sweep = new sst.aws.CronV2("IntakeSweep", {
    schedule: "rate(1 minute)",
    retries: 0,
    function: {
      name: physicalName("intake-sweep"),
      handler: "services/intake/src/on-schedule.handler",
      transform: beginsNoTrace,
      timeout: "50 seconds",
      link: [platform.bus.link, jobs],
      permissions: [
        allow(["dynamodb:Query", "dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem"], jobs.arn),
        announces,
      ],
    },
  });
  // What a replay would change, for whoever is about to start one.
  const preview = new sst.aws.Function("IntakePreview", {
    name: physicalName("intake-preview"),
    handler: "services/intake/src/on-preview.handler",
    timeout: "20 seconds",
    link: [jobs],
    permissions: [allow(["dynamodb:GetItem"], jobs.arn)],
  });

  watchService(platform, {
    service: "intake",
    functions: [
      watched("intake-http", http),
      watched("intake-events", events.nodes.function),
      watched("intake-sweep", sweep.nodes.function),
      watched("intake-preview", preview),
    ],
    consumer,
    lagSeconds: 900,
    lines: [],
    widgets: [
      {
        title: "realtime-jobs: units of capacity",
        series: ["ConsumedReadCapacityUnits", "ConsumedWriteCapacityUnits"].map((metric) => [
          "AWS/DynamoDB",
          metric,
          "TableName",
          physicalName("realtime-jobs"),
        ]),
      },
    ],
  });
}
