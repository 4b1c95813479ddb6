import { createHash } from "node:crypto";
import { DynamoDBClient, ScanCommand } from "@aws-sdk/client-dynamodb";
import {
  DescribeArchiveCommand,
  EventBridgeClient,
  ListArchivesCommand,
  ListEventBusesCommand,
  ListRulesCommand,
} from "@aws-sdk/client-eventbridge";
import { GetObjectCommand, ListObjectsV2Command, S3Client } from "@aws-sdk/client-s3";
import { GetQueueAttributesCommand, ListQueuesCommand, SQSClient } from "@aws-sdk/client-sqs";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { createApi } from "./api.ts";
import { clientOptions } from "./aws.ts";
import type { Completed } from "./contract.ts";

const { url, awsUrl } = inject("system");
const api = createApi(url);
const options = clientOptions(awsUrl);
const events = new EventBridgeClient(options);
const s3 = new S3Client({ ...options, forcePathStyle: true });
const dynamo = new DynamoDBClient(options);
const sqs = new SQSClient(options);
const services = ["intake", "replicate-bridge", "storage", "ledger"];

let job: Completed;
beforeAll(async () => {
  const parameters = { prompt: "seen by a client", megapixels: "0.25" };
  const { jobId } = await api.request({ userId: "client", mediaType: "image", modelId: "flux-schnell", parameters });
  job = await api.completed(jobId);
});
afterAll(() => {
  for (const client of [events, s3, dynamo, sqs]) client.destroy();
});

test("the bus is listed", async () => {
  const { EventBuses = [] } = await events.send(new ListEventBusesCommand({}));
  expect(EventBuses.map(({ Name }) => Name)).toContain("vsl-local-bus");
});

test("each service has a rule that hears", async () => {
  const { Rules = [] } = await events.send(new ListRulesCommand({ EventBusName: "vsl-local-bus" }));
  expect(Rules.map(({ Name }) => Name)).toEqual(
    expect.arrayContaining(services.map((service) => `vsl-local-${service}-hears`)),
  );
});

test("the archive is listed and has the job's events", async () => {
  const { Archives = [] } = await events.send(new ListArchivesCommand({}));
  expect(Archives).toMatchObject([{ ArchiveName: "vsl-local-archive", State: "ENABLED" }]);
  const archive = await events.send(new DescribeArchiveCommand({ ArchiveName: "vsl-local-archive" }));
  // JobRequested, PredictionStarted, PredictionCompleted, MediaStored, JobCharged.
  expect(archive.EventCount).toBeGreaterThanOrEqual(5);
});

test("the bucket lists the object, and gives its bytes", async () => {
  const place = { Bucket: "vsl-local-media" };
  const listed = await s3.send(new ListObjectsV2Command({ ...place, Prefix: job.result.s3Path }));
  expect(listed.Contents).toMatchObject([{ Key: job.result.s3Path, Size: job.result.fileSize }]);
  const { Body } = await s3.send(new GetObjectCommand({ ...place, Key: job.result.s3Path }));
  const bytes = await Body?.transformToByteArray();
  expect(
    createHash("sha256")
      .update(bytes ?? "")
      .digest("hex"),
  ).toBe(job.result.outputs[0]?.sha256);
});

test("the table of jobs has the job", async () => {
  const { Items = [] } = await dynamo.send(new ScanCommand({ TableName: "vsl-local-realtime-jobs" }));
  expect(JSON.stringify(Items)).toContain(job.jobId);
});

test("each service has a queue, and its dead letters are none", async () => {
  const { QueueUrls = [] } = await sqs.send(new ListQueuesCommand({}));
  const named = (name: string) => QueueUrls.find((queueUrl) => queueUrl.endsWith(`/${name}`));
  for (const service of services) {
    expect(named(`vsl-local-${service}`), service).toBeDefined();
    const QueueUrl = named(`vsl-local-${service}-dead-letters`);
    const asked = { QueueUrl, AttributeNames: ["All" as const] };
    const { Attributes } = await sqs.send(new GetQueueAttributesCommand(asked));
    expect(Attributes, service).toMatchObject({ ApproximateNumberOfMessages: "0" });
  }
});
