import { route } from "../../infra/api";
import { reserve } from "../../infra/concurrency";
import { createConsumer } from "../../infra/consumer";
import { physicalName } from "../../infra/names";
import { allow, allowMetrics } from "../../infra/permissions";
import type { Platform } from "../../infra/platform";
import { keptTable } from "../../infra/table";
import { beginsNoTrace } from "../../infra/tracing";
import { upstream } from "../../infra/upstream";
import { watched, watchService } from "../../infra/watch-service";
import { hears } from "./src/hears";

/** Submissions at once; the gate in the table paces them to Replicate's 600 a minute. */
const maximumConcurrency = 10;

export default function replicateBridge(platform: Platform): void {
  const predictions = new sst.aws.Dynamo("Predictions", {
    fields: { pk: "string", sk: "string" },
    primaryIndex: { hashKey: "pk", rangeKey: "sk" },
    ttl: "expiresAt",
    transform: { table: keptTable("predictions") },
  });
  const token = new sst.Secret("ReplicateApiToken");
  // Several, with a space between them, while it rotates.
  const webhookSecret = new sst.Secret("ReplicateWebhookSecret");
  const replicate = upstream();
  const announces = allow(["events:PutEvents", "events:DescribeEventBus"], platform.bus.arn);
  // Records are changed; their places among those that need work are taken and left.
  const changes = allow(
    ["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem"],
    predictions.arn,
  );
  const callsReplicate = [platform.bus.link, platform.api.link, predictions, token, replicate];

  const webhook = new sst.aws.Function("BridgeWebhook", {
    name: physicalName("bridge-webhook"),
    handler: "services/replicate-bridge/src/on-webhook.handler",
    timeout: "20 seconds",
    concurrency: reserve(50),
    link: [...callsReplicate, webhookSecret],
    permissions: [changes, announces, allowMetrics],
  });
  route(platform, "Bridge", ["POST /webhook/replicate"], webhook);

  const consumer = createConsumer(platform, {
    name: "Bridge",
    service: "replicate-bridge",
    // A replay must never reach Replicate: nothing is spent twice.
    rules: { Hears: { hears, replays: "never" } },
    timeoutSeconds: 40,
    batchSize: 5,
    maximumConcurrency,
    maxReceiveCount: 20,
  });
  const events = consumer.subscribe({
    name: physicalName("bridge-events"),
    handler: "services/replicate-bridge/src/on-events.handler",
    concurrency: reserve(maximumConcurrency),
    link: [...callsReplicate, ...consumer.links],
    permissions: [changes, announces, ...consumer.permissions],
  });

  const everyMinute = (name: string, job: "reconcile" | "sweep") =>
    new sst.aws.CronV2(name, {
      schedule: "rate(1 minute)",
      retries: 0,
      function: {
        name: physicalName(`bridge-${job}`),
        handler: `services/replicate-bridge/src/on-${job}.handler`,
        transform: beginsNoTrace,
        timeout: "58 seconds",
        link: callsReplicate,
        permissions: [allow(["dynamodb:Query"], predictions.arn), changes, announces],
      },
    });
  const reconcile = watched("bridge-reconcile", everyMinute("BridgeReconcile", "reconcile").nodes.function);
  const sweep = watched("bridge-sweep", everyMinute("BridgeSweep", "sweep").nodes.function);
  const receives = watched("bridge-webhook", webhook);
  const submits = watched("bridge-events", events.nodes.function);

  watchService(platform, {
    service: "replicate-bridge",
    functions: [receives, submits, reconcile, sweep],
    consumer,
    lagSeconds: 900,
    lines: [
      {
        name: "webhook-unsigned",
        says: "webhooks come without Replicate's signature: has its secret changed? While it rotates, set both",
        pattern: '{ $.message = "webhook" && $.status = 401 }',
        functions: [receives],
        above: 5,
        seconds: 300,
      },
      {
        name: "predictions-unfinished",
        says: "a prediction is unfinished after 45 minutes; its outputs live for an hour: read the query one-job",
        pattern: '{ $.message = "unfinished after 45 minutes" }',
        functions: [reconcile, sweep],
        above: 0,
        seconds: 300,
      },
      {
        name: "upstream-paused",
        says: "Replicate refuses the token, is out of reach, or asks for money: jobs wait in the table until it answers",
        pattern: '{ $.message = "upstream paused" && $.level = "ERROR" }',
        functions: [submits, reconcile, sweep],
        above: 0,
        seconds: 300,
      },
      {
        name: "prediction-extra",
        says: "a second prediction for a job could not be canceled, and is billed: its id is in the query errors",
        pattern: '{ $.message = "extra prediction runs on" }',
        functions: [receives, submits, reconcile, sweep],
        above: 0,
        seconds: 300,
      },
    ],
    widgets: [
      {
        title: "Webhook latency, p95 (ms)",
        series: [["VSL/MediaGeneration", "WebhookLatency", "stage", $app.stage]],
        stat: "p95",
      },
    ],
  });
}
