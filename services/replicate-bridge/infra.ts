import { route } from "../../infra/api";
import { createConsumer } from "../../infra/consumer";
import { physicalName } from "../../infra/names";
import { allow, allowMetrics } from "../../infra/permissions";
import type { Platform } from "../../infra/platform";
import { upstream } from "../../infra/upstream";
import { hears } from "./src/hears";

export default function replicateBridge(platform: Platform): void {
  const predictions = new sst.aws.Dynamo("Predictions", {
    fields: { jobId: "string", unfinishedShard: "string", nextCheckAt: "string" },
    primaryIndex: { hashKey: "jobId" },
    globalIndexes: {
      unfinished: { hashKey: "unfinishedShard", rangeKey: "nextCheckAt", projection: "keys-only" },
    },
    ttl: "expiresAt",
    transform: { table: { name: physicalName("predictions"), pointInTimeRecovery: { enabled: true } } },
  });
  const unfinished = $interpolate`${predictions.arn}/index/unfinished`;
  const token = new sst.Secret("ReplicateApiToken");
  const webhookSecret = new sst.Secret("ReplicateWebhookSecret");
  const replicate = upstream();
  const announces = allow(["events:PutEvents", "events:DescribeEventBus"], platform.bus.arn);
  const readsAndWrites = allow(["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem"], predictions.arn);
  const callsReplicate = [platform.bus.link, platform.api.link, predictions, token, replicate];

  const webhook = new sst.aws.Function("BridgeWebhook", {
    name: physicalName("bridge-webhook"),
    handler: "services/replicate-bridge/src/on-webhook.handler",
    timeout: "20 seconds",
    link: [...callsReplicate, webhookSecret],
    permissions: [readsAndWrites, announces, allowMetrics],
  });
  route(platform, "Bridge", ["POST /webhook/replicate"], webhook);

  const consumer = createConsumer(platform, {
    name: "Bridge",
    service: "replicate-bridge",
    // A replay must never reach Replicate: nothing is spent twice.
    rules: { Hears: { hears, replays: "never" } },
    timeoutSeconds: 40,
    batchSize: 5,
    maximumConcurrency: 10,
    maxReceiveCount: 20,
  });
  consumer.subscribe({
    name: physicalName("bridge-events"),
    handler: "services/replicate-bridge/src/on-events.handler",
    link: [...callsReplicate, ...consumer.links],
    permissions: [readsAndWrites, announces, ...consumer.permissions],
  });

  for (const [name, job] of [
    ["BridgeReconcile", "reconcile"],
    ["BridgeSweep", "sweep"],
  ] as const) {
    new sst.aws.CronV2(name, {
      schedule: "rate(1 minute)",
      retries: 0,
      function: {
        name: physicalName(`bridge-${job}`),
        handler: `services/replicate-bridge/src/on-${job}.handler`,
        timeout: "58 seconds",
        link: callsReplicate,
        permissions: [allow(["dynamodb:Query"], unfinished), readsAndWrites, announces],
      },
    });
  }
}
