import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  CreateEventBusCommand,
  EventBridgeClient,
  PutRuleCommand,
  PutTargetsCommand,
} from "@aws-sdk/client-eventbridge";
import { CreateQueueCommand, GetQueueAttributesCommand, SQSClient } from "@aws-sdk/client-sqs";
import { mediaLinkPath } from "@vsl/events/media-link";
import { sqsBatch } from "@vsl/events/testing";
import { createEventBridge } from "@vsl/local-cloud/eventbridge";
import { createSqs } from "@vsl/local-cloud/sqs";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { bodyOf, completed, prefix } from "../test/listen.ts";
import { serve, startOutputServer } from "../test/output-server.ts";
import { startS3 } from "../test/s3-engine.ts";
import { png } from "../test/samples.ts";

/** The two functions as Lambda loads them: with nothing but their environment, against engines of this process. */
const place = { region: "us-east-1", account: "000000000000" };
const mediaLinkSecret = "a secret of sixteen or more";
const announced: string[] = [];
const stops: (() => Promise<void> | void)[] = [];
let upstream: Awaited<ReturnType<typeof startOutputServer>>;
let deadLettersUrl: string;

beforeAll(async () => {
  const dataDir = await mkdtemp(join(tmpdir(), "storage-aws-"));
  const sqs = createSqs({ ...place, dataDir: join(dataDir, "sqs"), queueUrl: (name) => `${s3.url}/queue/${name}` });
  const eventBridge = createEventBridge({
    ...place,
    dataDir: join(dataDir, "eventbridge"),
    report: () => {},
    deliver: async (_target, messages) => {
      announced.push(...messages.map(({ json }) => json));
      return messages.map(({ id }) => ({ id }));
    },
  });
  const s3 = await startS3([sqs, eventBridge]);
  upstream = await startOutputServer({ "/image": serve(png(64, 32)) });
  stops.push(upstream.stop, s3.stop, sqs.close, eventBridge.close, () => rm(dataDir, { recursive: true }));

  const environment = {
    AWS_ENDPOINT_URL: s3.url,
    AWS_REGION: place.region,
    AWS_ACCESS_KEY_ID: "local",
    AWS_SECRET_ACCESS_KEY: "local",
    POWERTOOLS_DEV: "",
    POWERTOOLS_LOG_LEVEL: "SILENT",
  };
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
  const queues = new SQSClient({});
  const queueUrls = await Promise.all(
    ["storage", "dead-letters"].map((QueueName) => queues.send(new CreateQueueCommand({ QueueName }))),
  );
  const [queueUrl = "", deadLetters = ""] = queueUrls.map(({ QueueUrl }) => QueueUrl);
  deadLettersUrl = deadLetters;
  const events = new EventBridgeClient({});
  await events.send(new CreateEventBusCommand({ Name: "bus" }));
  const rule = { EventBusName: "bus", Name: "all", EventPattern: '{"source":["vsl.storage"]}' };
  await events.send(new PutRuleCommand(rule));
  const target = { Id: "queue", Arn: "arn:aws:sqs:us-east-1:000000000000:heard" };
  await events.send(new PutTargetsCommand({ EventBusName: "bus", Rule: "all", Targets: [target] }));
  stops.push(
    () => queues.destroy(),
    () => events.destroy(),
  );

  const links = {
    App: { name: "vsl", stage: "test" },
    Bus: { name: "bus" },
    Media: { name: s3.bucket },
    MediaLinkSecret: { value: mediaLinkSecret },
    Replicate: { outputHosts: upstream.host },
    StorageDeadLetters: { url: deadLetters },
    StorageQueue: { url: queueUrl },
  };
  for (const [name, link] of Object.entries(links)) vi.stubEnv(`SST_RESOURCE_${name}`, JSON.stringify(link));
});
afterAll(async () => {
  vi.unstubAllEnvs();
  for (const stop of stops) await stop();
});

test("an output that is heard of is stored, announced, and opened by a link of intake's", async () => {
  const { handler: hear } = await import("./on-events.ts");
  const { handler: openLink } = await import("./on-http.ts");
  const outputs = [{ index: 0, url: upstream.url("/image") }];
  const outputsExpireAt = new Date(Date.now() + 3_600_000).toISOString();
  const context = { getRemainingTimeInMillis: () => 60_000 };

  const answer = await hear(sqsBatch([bodyOf({ outputs, outputsExpireAt }), "{"]), context);
  expect(answer).toEqual({ batchItemFailures: [] });
  await expect.poll(() => announced.length, { interval: 5 }).toBe(1);
  const s3Path = `${prefix}original.png`;
  expect(JSON.parse(announced[0] ?? "")).toMatchObject({
    source: "vsl.storage",
    "detail-type": "MediaStored",
    detail: { correlationId: "c", payload: { jobId: completed.jobId, media: [{ s3Path, width: 64, height: 32 }] } },
  });
  const { Attributes } = await new SQSClient({}).send(
    new GetQueueAttributesCommand({ QueueUrl: deadLettersUrl, AttributeNames: ["ApproximateNumberOfMessages"] }),
  );
  expect(Attributes?.["ApproximateNumberOfMessages"]).toBe("1");

  const { jobId, accountId } = completed;
  const expiresAt = Math.floor(Date.now() / 1000) + 60;
  const link = new URL(mediaLinkPath({ jobId, accountId, s3Path, expiresAt }, mediaLinkSecret), "http://vsl");
  const redirect = await openLink({
    pathParameters: { jobId, file: "original.png" },
    queryStringParameters: Object.fromEntries(link.searchParams),
  });
  expect(redirect.statusCode).toBe(302);
  const media = await fetch(redirect.headers["location"] ?? "");
  expect(media.headers.get("content-type")).toBe("image/png");
  expect(Buffer.from(await media.arrayBuffer()).equals(png(64, 32))).toBe(true);
});
