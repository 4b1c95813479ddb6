import type { APIGatewayProxyEventV2, Context } from "aws-lambda";
import { Resource } from "sst";
import * as z from "zod";
import { createCloudWatchClient, createLatencyMetric } from "./adapters/cloudwatch-metrics.ts";
import { answerWebhook } from "./answer-webhook.ts";
import { reasonOf } from "./log.ts";
import { log, portsOf } from "./on-cold-start.ts";
import { receiveWebhook } from "./receive-webhook.ts";
import { parseSecrets } from "./webhook-signature.ts";

const { App, ReplicateWebhookSecret } = z
  .object({ App: z.object({ stage: z.string() }), ReplicateWebhookSecret: z.object({ value: z.string().min(1) }) })
  .parse(Resource);

const secrets = parseSecrets(ReplicateWebhookSecret.value);
const metrics = createLatencyMetric({
  client: createCloudWatchClient(),
  stage: App.stage,
  report: (error) => log({ level: "WARN", message: "metrics not sent", error: reasonOf(error) }),
});

export function handler(event: APIGatewayProxyEventV2, context: Context) {
  const ports = portsOf(context);
  return answerWebhook({ ...ports, secrets, metrics, receive: (webhook) => receiveWebhook(ports, webhook) }, event);
}
