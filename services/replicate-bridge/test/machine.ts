import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { envelopeSchema } from "@vsl/events";
import { createDynamodb } from "@vsl/local-cloud/dynamodb";
import { createEndpoint } from "@vsl/local-cloud/endpoint";
import { createEventBridge } from "@vsl/local-cloud/eventbridge";
import { createSqs } from "@vsl/local-cloud/sqs";
import { startReplicateDouble } from "@vsl/replicate-double";
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from "aws-lambda";
import * as z from "zod";
import { predictionsTable } from "./dynamo-engine.ts";

const place = { region: "us-east-1", account: "000000000000" };
const busName = "bus";
const announcedSchema = z.object({ "detail-type": z.string(), detail: envelopeSchema });

type WebhookHandler = (
  event: Pick<APIGatewayProxyEventV2, "headers" | "body" | "isBase64Encoded" | "queryStringParameters">,
) => Promise<APIGatewayProxyStructuredResultV2>;

/** All that the service's functions live among, on free ports: the table, the bus, the queues, a Replicate that calls back. */
export async function startMachine() {
  const dataDir = await mkdtemp(join(tmpdir(), "bridge-"));
  const announced: { type: string; payload: unknown }[] = [];
  const down = new Set<string>();
  let onWebhook: WebhookHandler = async () => ({ statusCode: 503 });

  const dynamodb = createDynamodb({ ...place, dataDir: join(dataDir, "dynamodb") });
  const sqs = createSqs({ ...place, dataDir: join(dataDir, "sqs"), queueUrl: (name) => `${endpointUrl}/${name}` });
  const bus = createEventBridge({
    ...place,
    dataDir: join(dataDir, "eventbridge"),
    report: () => undefined,
    deliver: async (_target, messages) => {
      for (const { json } of messages) {
        const event = announcedSchema.parse(JSON.parse(json));
        announced.push({ type: event["detail-type"], payload: event.detail.payload });
      }
      return messages.map(({ id }) => ({ id }));
    },
  });
  const breakable = [dynamodb, sqs, bus].map((service) => ({
    ...service,
    call: (...call: Parameters<typeof service.call>) => {
      if (down.has(service.targetPrefix)) throw new Error("down");
      return service.call(...call);
    },
  }));
  const endpoint = createEndpoint({
    services: breakable,
    s3: () => Promise.reject(new Error("there is no S3 here")),
    report: () => undefined,
  });
  const endpointUrl = await listen(endpoint);

  await dynamodb.applyTable(predictionsTable("predictions"));
  await bus.applyTopology({
    buses: [{ name: busName }],
    archives: [],
    rules: [
      {
        name: "all",
        bus: busName,
        pattern: { source: ["vsl.replicate-bridge"] },
        targets: [
          {
            id: "all",
            arn: `arn:aws:sqs:${place.region}:${place.account}:all`,
            deadLetterQueueArn: null,
            maximumRetryAttempts: 0,
            maximumEventAgeInSeconds: 60,
          },
        ],
      },
    ],
  });
  for (const QueueName of ["bridge", "dead-letters"]) await sqs.call("CreateQueue", { QueueName });

  const gateway = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    const url = new URL(request.url ?? "/", "http://localhost");
    const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
    const answer = await onWebhook({
      headers,
      body,
      isBase64Encoded: false,
      queryStringParameters: Object.fromEntries(url.searchParams),
    });
    response.writeHead(answer.statusCode ?? 200).end(answer.body);
  });
  const apiUrl = await listen(gateway);
  const double = await startReplicateDouble({ port: 0, timeScale: 0.01 });

  return {
    announced,
    double,
    endpointUrl,
    /** Takes AWS services out of service, by their wire names. */
    setDown: (names: readonly ("DynamoDB_20120810" | "AWSEvents")[]) => {
      down.clear();
      for (const name of names) down.add(name);
    },
    connectWebhook: (handler: WebhookHandler) => {
      onWebhook = handler;
    },
    environment: {
      AWS_ENDPOINT_URL: endpointUrl,
      AWS_REGION: place.region,
      AWS_ACCESS_KEY_ID: "local",
      AWS_SECRET_ACCESS_KEY: "local",
      POWERTOOLS_LOG_LEVEL: "SILENT",
      SST_RESOURCE_App: JSON.stringify({ name: "vsl", stage: "test" }),
      SST_RESOURCE_Api: JSON.stringify({ url: apiUrl }),
      SST_RESOURCE_Bus: JSON.stringify({ name: busName, arn: "" }),
      SST_RESOURCE_Predictions: JSON.stringify({ name: "predictions" }),
      SST_RESOURCE_BridgeQueue: JSON.stringify({ url: `${endpointUrl}/bridge` }),
      SST_RESOURCE_BridgeDeadLetters: JSON.stringify({ url: `${endpointUrl}/dead-letters` }),
      SST_RESOURCE_ReplicateApiToken: JSON.stringify({ value: double.token }),
      SST_RESOURCE_ReplicateWebhookSecret: JSON.stringify({ value: double.webhookSecret }),
      SST_RESOURCE_Replicate: JSON.stringify({ baseUrl: `${double.url}/v1`, outputHosts: "127.0.0.1" }),
    },
    /** Plants a fault in the double, once. */
    plant: async (match: { route: string } | { event: string }, fault: object) => {
      const body = JSON.stringify({ match, times: 1, fault });
      await fetch(`${double.url}/_faults`, { method: "POST", headers: { "content-type": "application/json" }, body });
    },
    close: async () => {
      await double.close();
      for (const server of [gateway, endpoint]) {
        server.closeAllConnections();
        server.close();
      }
      await Promise.all([dynamodb.close(), sqs.close(), bus.close()]);
      await rm(dataDir, { recursive: true });
    },
  };
}

async function listen(server: Server): Promise<string> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the server has no port");
  return `http://127.0.0.1:${address.port}`;
}
