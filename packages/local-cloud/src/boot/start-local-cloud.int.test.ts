import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DynamoDBClient, GetItemCommand } from "@aws-sdk/client-dynamodb";
import { DescribeArchiveCommand, EventBridgeClient, PutEventsCommand } from "@aws-sdk/client-eventbridge";
import { HeadBucketCommand, S3Client } from "@aws-sdk/client-s3";
import { GetQueueAttributesCommand, GetQueueUrlCommand, SQSClient } from "@aws-sdk/client-sqs";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { fixtureTopology } from "../../test/fixtures/fixture-topology.ts";
import { fixtureFunction, fixtureRoot } from "../../test/fixtures/function-topology.ts";
import { type LocalCloud, type LocalCloudOptions, startLocalCloud } from "./start-local-cloud.ts";

let dataDir: string;
const started: LocalCloud[] = [];

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "local-cloud-"));
});

afterEach(async () => {
  for (const cloud of started.splice(0)) await cloud.stop();
  await rm(dataDir, { recursive: true });
});

async function start(changes: Partial<LocalCloudOptions> = {}): Promise<LocalCloud> {
  const cloud = await startLocalCloud({
    topology: fixtureTopology(),
    root: fixtureRoot,
    dataDir,
    port: 0,
    awsPort: 0,
    secrets: { Token: "t0ken" },
    report: () => {},
    ...changes,
  });
  started.push(cloud);
  return cloud;
}

const clientOptions = ({ endpointUrl }: LocalCloud) => ({
  endpoint: endpointUrl,
  region: "us-east-1",
  credentials: { accessKeyId: "local", secretAccessKey: "local" },
});

async function heard(cloud: LocalCloud, pk: string): Promise<unknown> {
  const client = new DynamoDBClient(clientOptions(cloud));
  const { Item } = await client.send(new GetItemCommand({ TableName: "heard", Key: { pk: { S: pk } } }));
  client.destroy();
  return Item?.["said"]?.S && JSON.parse(Item["said"].S);
}

async function announce(cloud: LocalCloud, number: number): Promise<void> {
  const client = new EventBridgeClient(clientOptions(cloud));
  const Detail = JSON.stringify({ number });
  const Entries = [{ EventBusName: "fixture-bus", Source: "fixture", DetailType: "Counted", Detail }];
  const { FailedEntryCount } = await client.send(new PutEventsCommand({ Entries }));
  expect(FailedEntryCount).toBe(0);
  client.destroy();
}

const isAlive = (pid = 0) => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

describe("the local cloud", () => {
  it("boots a topology and carries an event from the bus to its functions", async () => {
    const steps: string[] = [];
    const cloud = await start({ onProgress: ({ step }) => steps.push(step) });
    expect(steps).toEqual(["engines", "resources", "functions", "invocations"]);
    expect(await heard(cloud, "migration")).toBe("done");

    const response = await fetch(`${cloud.url}/some/path?a=1`);
    expect(await response.json()).toMatchObject({ routeKey: "ANY /{proxy+}", pathParameters: { proxy: "some/path" } });

    await announce(cloud, 1);
    await vi.waitFor(async () => expect(await heard(cloud, "direct-1")).toMatchObject({ source: "fixture" }), 5_000);
    await vi.waitFor(
      async () =>
        expect(await heard(cloud, "work-1")).toEqual({
          work: { type: "sst.aws.Queue", url: `${cloud.endpointUrl}/000000000000/work` },
          token: { type: "sst.sst.Secret", value: "t0ken" },
          api: { type: "sst.aws.ApiGatewayV2", url: cloud.url },
        }),
      5_000,
    );
  });

  it("makes what the topology names, and brings it to a topology that has changed", async () => {
    await (await start()).stop();
    const topology = fixtureTopology();
    const queues = topology.queues.map((queue) => ({ ...queue, visibilityTimeoutSeconds: 77, redrive: null }));
    const cloud = await start({ topology: { ...topology, queues } });

    const sqs = new SQSClient(clientOptions(cloud));
    const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName: "work" }));
    const { Attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["All"] }));
    expect(Attributes).toMatchObject({ VisibilityTimeout: "77", MessageRetentionPeriod: "345600" });
    expect(Attributes).not.toHaveProperty("RedrivePolicy");
    const fifo = await sqs.send(new GetQueueUrlCommand({ QueueName: "ordered.fifo" }));
    expect(fifo.QueueUrl).toBe(`${cloud.endpointUrl}/000000000000/ordered.fifo`);

    const s3 = new S3Client(clientOptions(cloud));
    await s3.send(new HeadBucketCommand({ Bucket: "fixture-media" }));
    const events = new EventBridgeClient(clientOptions(cloud));
    const archive = await events.send(new DescribeArchiveCommand({ ArchiveName: "fixture-archive" }));
    expect(archive).toMatchObject({ State: "ENABLED", EventSourceArn: expect.stringContaining("fixture-bus") });
    for (const client of [sqs, s3, events]) client.destroy();
  });

  it("keeps its data over a restart, and leaves no process", async () => {
    const first = await start();
    await announce(first, 7);
    await vi.waitFor(async () => expect(await heard(first, "work-7")).toBeDefined(), 5_000);
    const pids = first.services().map(({ pid }) => pid);
    expect(pids.every(isAlive)).toBe(true);
    await first.stop();
    expect(pids.some(isAlive)).toBe(false);
    await expect(fetch(first.url)).rejects.toThrow();

    const second = await start();
    expect(await heard(second, "work-7")).toBeDefined();
  });

  it("restarts one service alone", async () => {
    const cloud = await start();
    const pidOf = (name: string) => cloud.services().find(({ service }) => service === name)?.pid;
    const [one, two] = [pidOf("one"), pidOf("two")];
    await cloud.restart("two");
    expect(pidOf("one")).toBe(one);
    expect(pidOf("two")).not.toBe(two);
    await expect(cloud.restart("three")).rejects.toThrow("There is no service three; there are: one, two.");
  });
});

describe("a start that cannot succeed", () => {
  it("names the port that is taken and what changes it", async () => {
    const other = createServer().listen(0, "127.0.0.1");
    await once(other, "listening");
    const address = other.address();
    const port = typeof address === "object" ? (address?.port ?? 0) : 0;
    await expect(start({ port })).rejects.toThrow(
      `Port ${port}, wanted for the gateway, is taken by another program: free it, or choose another with PORT or --port.`,
    );
    await expect(start({ awsPort: port })).rejects.toThrow("choose another with --aws-port");
    other.close();
  });

  it("refuses data that another local cloud uses, and takes them when it has ended", async () => {
    const first = await start();
    await expect(start()).rejects.toThrow(`${dataDir} is in use by another local cloud (process ${process.pid})`);
    await first.stop();
    await start();
  });

  it("says which migration failed and why, and leaves nothing behind", async () => {
    const failing = fixtureFunction("migrate", { service: "two", handler: "app.failingMigration" });
    const topology = fixtureTopology();
    const functions = topology.functions.map((fn) => (fn.name === "migrate" ? failing : fn));
    await expect(start({ topology: { ...topology, functions } })).rejects.toThrow(
      "The function migrate, which must run before the app, failed: the table is on fire",
    );
    await start();
  });

  it("names a secret without a value", async () => {
    await expect(start({ secrets: {} })).rejects.toThrow("The secret Token has no value");
  });
});
