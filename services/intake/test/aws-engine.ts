import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createCloudwatch } from "@vsl/local-cloud/cloudwatch";
import { createDynamodb } from "@vsl/local-cloud/dynamodb";
import { createEndpoint } from "@vsl/local-cloud/endpoint";
import { createEventBridge } from "@vsl/local-cloud/eventbridge";
import { createSqs } from "@vsl/local-cloud/sqs";
import * as z from "zod";
import { realtimeJobs } from "./dynamodb-engine.ts";

const place = { region: "us-east-1", account: "000000000000" };
const everything = { source: [{ prefix: "" }] };

/** The AWS that intake knows, in this process: its table, the bus, its queue's dead letters, and CloudWatch. */
export async function startAws() {
  const dataDir = await mkdtemp(join(tmpdir(), "intake-aws-"));
  const announced: unknown[] = [];
  const dynamodb = createDynamodb({ ...place, dataDir: join(dataDir, "dynamodb") });
  const sqs = createSqs({ ...place, dataDir: join(dataDir, "sqs"), queueUrl: (name) => `http://127.0.0.1/${name}` });
  const cloudwatch = createCloudwatch({ dataDir: join(dataDir, "cloudwatch") });
  const eventbridge = createEventBridge({
    ...place,
    dataDir: join(dataDir, "eventbridge"),
    report: () => {},
    deliver: async (_, messages) => {
      announced.push(...messages.map(({ json }) => z.object({ detail: z.unknown() }).parse(JSON.parse(json)).detail));
      return messages.map(({ id }) => ({ id }));
    },
  });
  await dynamodb.applyTable(realtimeJobs);
  for (const QueueName of ["intake", "intake-dead"]) await sqs.call("CreateQueue", { QueueName });
  const target = { deadLetterQueueArn: null, maximumRetryAttempts: 1, maximumEventAgeInSeconds: 60 };
  await eventbridge.applyTopology({
    buses: [{ name: "vsl" }],
    archives: [],
    rules: [
      {
        name: "all",
        bus: "vsl",
        pattern: everything,
        targets: [{ ...target, id: "test", arn: `arn:aws:sqs:${place.region}:${place.account}:test` }],
      },
    ],
  });
  const server = createEndpoint({
    services: [dynamodb, sqs, cloudwatch, eventbridge],
    s3: () => Promise.reject(new Error("there is no S3 here")),
    report: () => {},
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");

  const url = `http://127.0.0.1:${address.port}`;

  return {
    url,
    queueUrl: (name: string) => `${url}/${place.account}/${name}`,
    announced,
    async deadLetters() {
      const answer = await sqs.call("ReceiveMessage", { QueueUrl: "http://127.0.0.1/intake-dead" });
      return z.object({ Messages: z.array(z.object({ Body: z.string() })).default([]) }).parse(answer).Messages;
    },
    async metrics() {
      const answer = await cloudwatch.call("ListMetrics", { Namespace: "VSL/MediaGeneration" });
      const { Metrics } = z.object({ Metrics: z.array(z.object({ MetricName: z.string() })) }).parse(answer);
      return Metrics.map(({ MetricName }) => MetricName).sort();
    },
    /** Of the last minutes, over all models. */
    async samples(MetricName: string, Unit: string) {
      const answer = await cloudwatch.call("GetMetricStatistics", {
        Namespace: "VSL/MediaGeneration",
        MetricName,
        Unit,
        Dimensions: [
          { Name: "stage", Value: "test" },
          { Name: "modelId", Value: "sdxl" },
        ],
        StartTime: Date.now() / 1000 - 300,
        EndTime: Date.now() / 1000 + 60,
        Period: 3600,
        Statistics: ["SampleCount", "Sum"],
      });
      return z.object({ Datapoints: z.array(z.object({ SampleCount: z.number(), Sum: z.number() })) }).parse(answer)
        .Datapoints;
    },
    async stop() {
      server.closeAllConnections();
      server.close();
      await Promise.all([dynamodb.close(), sqs.close(), cloudwatch.close(), eventbridge.close()]);
      await rm(dataDir, { recursive: true });
    },
  };
}
