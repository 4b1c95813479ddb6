import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { DeleteTableCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import {
  DescribeArchiveCommand,
  DisableRuleCommand,
  EnableRuleCommand,
  EventBridgeClient,
  StartReplayCommand,
} from "@aws-sdk/client-eventbridge";
import {
  DeleteObjectCommand,
  GetObjectCommand,
  ListMultipartUploadsCommand,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { GetQueueAttributesCommand, SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createApi } from "./api.ts";
import { clientOptions } from "./aws.ts";
import type { Completed } from "./contract.ts";
import { createLedger } from "./ledger.ts";
import { readUsedRights, unusedRights } from "./rights.ts";
import { makeDataDir, type System, startSystem } from "./system.ts";
import { until } from "./until.ts";
import { createUpstream } from "./upstream.ts";
import { vsl } from "./vsl.ts";

const image = (prompt: string) => ({
  ...{ userId: "u", mediaType: "image", modelId: "flux-schnell" },
  parameters: { prompt, megapixels: "0.25" },
});

const stack = new AsyncDisposableStack();
let system: System;
let upstream: ReturnType<typeof createUpstream>;
let acme: ReturnType<typeof createApi>;
let other: ReturnType<typeof createApi>;
let job: Completed;
let events: EventBridgeClient;
/** A job whose announcement was lost, and one whose webhook was. */
let unannounced: string;
let unheard: string;

const bridgeRule = { EventBusName: "vsl-local-bus", Name: "vsl-local-replicate-bridge-hears" };

async function createKey(account: string): Promise<{ apiKey: string; id: string }> {
  const { stdout } = await vsl(system, ["keys", "create", "--account", account, "--name", "test"]);
  const [apiKey = ""] = stdout.split("\n");
  return { apiKey, id: /\w+\/[0-9a-f]{12}/.exec(stdout)?.[0] ?? "" };
}

beforeAll(async () => {
  const { dataDir, remove } = await makeDataDir();
  stack.defer(remove);
  system = await startSystem({ dataDir, requireKeys: true });
  stack.defer(() => system.kill9());
  upstream = createUpstream(system.replicateUrl);
  events = new EventBridgeClient(clientOptions(system.awsUrl));
  stack.defer(() => events.destroy());
  acme = createApi(system.url, await createKey("acme"));
  other = createApi(system.url, await createKey("other"));

  await events.send(new DisableRuleCommand(bridgeRule));
  unannounced = (await acme.request(image("lost on its way"))).jobId;
  await events.send(new EnableRuleCommand(bridgeRule));

  await upstream.plantFault({ match: { event: "completed" }, times: 1, fault: { kind: "webhook", drop: true } });
  unheard = (await acme.request(image("without a word"))).jobId;
  await until("a webhook that is lost", async () => {
    const [predictionId = ""] = await upstream.predictionsOf(unheard);
    const webhooks = await upstream.webhooksOf(predictionId);
    return webhooks.find(({ event }) => event === "completed");
  });

  const { jobId } = await acme.request(image("a door"), { "idempotency-key": "once" });
  job = await acme.completed(jobId);
});
afterAll(() => stack.disposeAsync());

describe("with keys required", () => {
  test("nobody gets in without a key, or with one that was never given out", async () => {
    const strangers = [createApi(system.url), createApi(system.url, { apiKey: `vsl_${"x".repeat(43)}` })];
    for (const stranger of strangers) {
      const answers = [
        await stranger.generate(image("no")),
        await stranger.call(`/status/${job.jobId}`),
        await stranger.cancel(job.jobId),
      ];
      expect(answers.map(({ status }) => status)).toEqual([401, 401, 401]);
    }
  });

  test("a key that was taken back opens nothing from the next call on", async () => {
    const { apiKey, id } = await createKey("acme");
    const caller = createApi(system.url, { apiKey });
    expect((await caller.call(`/status/${job.jobId}`)).status).toBe(200);
    await vsl(system, ["keys", "revoke", id]);
    expect((await caller.call(`/status/${job.jobId}`)).status).toBe(401);
    expect((await caller.generate(image("no"))).status).toBe(401);
    expect((await vsl(system, ["keys", "list", "--account", "acme"])).stdout).toMatch(new RegExp(`${id} .* revoked `));
  });

  test("another account's job looks exactly like one that does not exist", async () => {
    const nowhere = "019a9f3c-5a00-7cc3-98c4-dc0c0c07398f";
    for (const ask of [(id: string) => other.call(`/status/${id}`), (id: string) => other.cancel(id)]) {
      const [theirs, none] = [await ask(job.jobId), await ask(nowhere)];
      expect([theirs.status, theirs.json]).toEqual([404, none.json]);
    }
  });

  test("a media link cannot be turned to another account, and no account is told another's", async () => {
    const own = (await other.request(image("a window"))).jobId;
    const link = new URL((await other.completed(own)).result.originalUrl);
    expect((await fetch(link)).status).toBe(200);
    link.pathname = new URL(job.result.originalUrl).pathname;
    link.searchParams.set("key", job.result.s3Path);
    expect((await fetch(link)).status).toBe(403);
    link.searchParams.set("account", "acme");
    expect((await fetch(link)).status).toBe(403);
  });
});

describe("each function", () => {
  const rightIsUsed = (functionName: string, action: string) =>
    until(`${functionName} to use ${action}`, async () => {
      const used = await readUsedRights(system);
      return used.some((right) => right.function === functionName && right.action === action) || undefined;
    });

  async function run(functionName: string): Promise<void> {
    const url = `${system.awsUrl}/2015-03-31/functions/${functionName}/invocations`;
    const answer = await fetch(url, { method: "POST", body: "{}" });
    expect([answer.headers.get("x-amz-function-error"), await answer.text()]).toEqual([null, "null"]);
  }

  /** Schedules leave a job for some time to those who are about to see to it. */
  async function endsBy(jobId: string, scheduled: string): Promise<void> {
    const repaired = async () => {
      await run(scheduled);
      return (await acme.readStatus(jobId)).status === "completed" || undefined;
    };
    await until(`${scheduled} to see to ${jobId}`, repaired, { withinMs: 60_000, everyMs: 500 });
  }

  test("is denied nothing that it needs, whatever goes wrong", async () => {
    await unreadableMessages();
    await outputThatBreaksOff();
    await mediaSavedMeanwhile();
    await cancelThatIsNotTaken();
    await upstreamThatRefuses();
    await mediaThatAreGone();
    await replayToIntake();
    await previewOfReplays();
    await announcementThatIsLost();
    await webhookThatIsLost();
    await storesThatAreGone();

    const log = await readFile(join(system.dataDir, "logs", "local-cloud.log"), "utf8").catch(() => "");
    expect(log.split("\n").filter((line) => line.includes("was denied"))).toEqual([]);
  });

  test("has no right that it does not use", async () => {
    expect(unusedRights(await readUsedRights(system))).toEqual([]);
  });

  async function unreadableMessages(): Promise<void> {
    const sqs = new SQSClient(clientOptions(system.awsUrl));
    for (const service of ["intake", "replicate-bridge", "storage", "ledger"]) {
      const queueUrl = (name: string) => `${system.awsUrl}/000000000000/vsl-local-${name}`;
      await sqs.send(new SendMessageCommand({ QueueUrl: queueUrl(service), MessageBody: "not an event" }));
      await until(`the dead letter of ${service}`, async () => {
        const AttributeNames = ["ApproximateNumberOfMessages" as const];
        const asked = new GetQueueAttributesCommand({ QueueUrl: queueUrl(`${service}-dead-letters`), AttributeNames });
        return (await sqs.send(asked)).Attributes?.["ApproximateNumberOfMessages"] === "1" || undefined;
      });
    }
    sqs.destroy();
  }

  async function outputThatBreaksOff(): Promise<void> {
    await upstream.plantFault({ times: 1, fault: { kind: "output", truncateAtBytes: 1000 } });
    await acme.completed((await acme.request(image("a torn picture"))).jobId);
  }

  /** A file that is sent in parts, while somebody else saves another at its place. */
  async function mediaSavedMeanwhile(): Promise<void> {
    const s3 = new S3Client(clientOptions(system.awsUrl));
    const Bucket = "vsl-local-media";
    const saved = await s3.send(new GetObjectCommand({ Bucket, Key: job.result.s3Path }));
    const Body = await saved.Body?.transformToByteArray();
    if (!Body) throw new Error("The bucket gives nothing");
    const fault = { kind: "output", padToBytes: 24_000_000, bytesPerSecond: 6_000_000 };
    await upstream.plantFault({ times: 1, fault });
    const { jobId } = await acme.request(image("a long picture"));
    const Key = await until("an upload in parts", async () => {
      const { Uploads = [] } = await s3.send(new ListMultipartUploadsCommand({ Bucket }));
      return Uploads[0]?.Key;
    });
    await s3.send(new PutObjectCommand({ Bucket, Key, Body, ContentType: "image/webp" }));
    expect((await acme.completed(jobId)).result.fileSize).toBe(Body.length);
    s3.destroy();
  }

  async function cancelThatIsNotTaken(): Promise<void> {
    const fault = { kind: "status", status: 500 };
    await upstream.plantFault({ match: { route: "POST /v1/predictions/*/cancel" }, times: 1, fault });
    const parameters = { prompt: "a long river", image: "https://example.com/a.jpg" };
    const { jobId } = await acme.request({
      userId: "u",
      mediaType: "video",
      modelId: "kling-v2.5-turbo-pro",
      parameters,
    });
    await until("its start", async () => ((await acme.readStatus(jobId)).status === "processing" ? true : undefined));
    expect((await acme.cancel(jobId)).status).toBe(202);
    await acme.ended(jobId);
  }

  async function upstreamThatRefuses(): Promise<void> {
    await upstream.plantFault({
      match: { route: "POST /v1/*predictions" },
      times: 1,
      fault: { kind: "status", status: 429, headers: { "retry-after": "1" } },
    });
    const { jobId } = await acme.request(image("not now"));
    await until("the second attempt", async () => {
      await run("vsl-local-bridge-sweep");
      return (await acme.readStatus(jobId)).status === "pending" ? undefined : true;
    });
    await acme.completed(jobId);
  }

  async function webhookThatIsLost(): Promise<void> {
    await endsBy(unheard, "vsl-local-bridge-reconcile");
  }

  async function mediaThatAreGone(): Promise<void> {
    const s3 = new S3Client(clientOptions(system.awsUrl));
    await s3.send(new DeleteObjectCommand({ Bucket: "vsl-local-media", Key: job.result.s3Path }));
    s3.destroy();
    expect((await fetch(job.result.originalUrl)).status).toBe(404);
  }

  async function replayToIntake(): Promise<void> {
    const { ArchiveArn } = await events.send(new DescribeArchiveCommand({ ArchiveName: "vsl-local-archive" }));
    const arn = (path: string) => `arn:aws:events:us-east-1:000000000000:${path}`;
    await events.send(
      new StartReplayCommand({
        ReplayName: "rights",
        EventSourceArn: ArchiveArn,
        EventStartTime: new Date(Date.parse(job.createdAt) - 60_000),
        EventEndTime: new Date(),
        Destination: {
          Arn: arn("event-bus/vsl-local-bus"),
          FilterArns: [arn("rule/vsl-local-bus/vsl-local-intake-rebuild")],
        },
      }),
    );
  }

  async function previewOfReplays(): Promise<void> {
    for (const service of ["intake", "ledger"]) {
      expect((await vsl(system, ["replay", "--service", service, "--dry-run"])).exitCode, service).toBe(0);
    }
  }

  async function announcementThatIsLost(): Promise<void> {
    await endsBy(unannounced, "vsl-local-intake-sweep");
    await rightIsUsed("vsl-local-intake-sweep", "dynamodb:UpdateItem");
  }

  /** Nothing comes after this: what cannot be written is tried again later. */
  async function storesThatAreGone(): Promise<void> {
    const ledger = createLedger(system.databaseUrl);
    await ledger.query("ALTER TABLE events RENAME TO events_gone");
    await ledger.close();
    await acme.request(image("the last one"));
    const dynamodb = new DynamoDBClient(clientOptions(system.awsUrl));
    await dynamodb.send(new DeleteTableCommand({ TableName: "vsl-local-realtime-jobs" }));
    dynamodb.destroy();
    await rightIsUsed("vsl-local-intake-events", "sqs:ChangeMessageVisibility");
    await rightIsUsed("vsl-local-ledger-events", "sqs:ChangeMessageVisibility");
    await rightIsUsed("vsl-local-storage-events", "sqs:ChangeMessageVisibility");
  }
});
