import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { ReceiveMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import type { Context, SQSEvent, SQSRecord } from "aws-lambda";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { jobCancelRequested, jobIdOf, jobRequested } from "../test/examples.ts";
import { startMachine } from "../test/machine.ts";
import { createDynamoPredictions } from "./adapters/dynamo-predictions.ts";

let machine: Awaited<ReturnType<typeof startMachine>>;
let functions: Awaited<ReturnType<typeof loadFunctions>>;
let job = 0;

beforeAll(async () => {
  machine = await startMachine();
  for (const [name, value] of Object.entries(machine.environment)) vi.stubEnv(name, value);
  functions = await loadFunctions();
  machine.connectWebhook((event) => functions.webhook({ ...gatewayEvent, ...event }, context));
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await machine.close();
});
beforeEach(() => {
  job++;
});

/** The links are read when the modules are, so these come after the environment. */
const loadFunctions = async () => ({
  events: (await import("./on-events.ts")).handler,
  webhook: (await import("./on-webhook.ts")).handler,
  reconcile: (await import("./on-reconcile.ts")).handler,
  sweep: (await import("./on-sweep.ts")).handler,
});

describe("the functions of the bridge, among real engines", () => {
  it("bring a job from its request to its outcome by a signed webhook", async () => {
    expect(await functions.events(batch(jobRequested(jobIdOf(job))), context)).toEqual({ batchItemFailures: [] });
    await expect.poll(() => told("PredictionCompleted"), { timeout: 10_000 }).toHaveLength(1);
    expect(told("PredictionStarted")).toHaveLength(1);
    expect(told("PredictionCompleted")).toMatchObject([
      {
        outcome: "succeeded",
        outputs: [{ index: 0, url: expect.stringContaining("/delivery/") }],
        usage: { outputs: 1 },
      },
    ]);
    await expect.poll(record).toMatchObject({ state: "ended", isAnnounced: true });
  });

  it("find an outcome whose webhook never came", async () => {
    await machine.plant({ event: "completed" }, { kind: "webhook", drop: true });
    await functions.events(batch(jobRequested(jobIdOf(job))), context);
    await expect
      .poll(
        async () => {
          await makeDue();
          await functions.reconcile({}, context);
          return told("PredictionCompleted");
        },
        { timeout: 10_000 },
      )
      .toHaveLength(1);
  });

  it("hear the same request twice and make one prediction", async () => {
    const event = jobRequested(jobIdOf(job));
    await functions.events(batch(event, event), context);
    await functions.events(batch(event), context);
    expect(await created()).toBe(1);
  });

  it("hear the cancel before the request and make none", async () => {
    await functions.events(batch(jobCancelRequested(jobIdOf(job))), context);
    await functions.events(batch(jobRequested(jobIdOf(job))), context);
    await expect.poll(() => told("PredictionCompleted")).toMatchObject([{ outcome: "canceled", predictionId: null }]);
    expect(await created()).toBe(0);
  });

  it("put what nobody can read aside, with its reason, and hear the rest of the batch", async () => {
    const event = batch(jobRequested(jobIdOf(job)));
    event.Records.push({ ...messageOf("{ not json"), messageId: "poison" });
    expect(await functions.events(event, context)).toEqual({ batchItemFailures: [] });
    const { Messages } = await new SQSClient({}).send(
      new ReceiveMessageCommand({ QueueUrl: `${machine.endpointUrl}/dead-letters`, MessageAttributeNames: ["All"] }),
    );
    expect(Messages).toMatchObject([
      { Body: "{ not json", MessageAttributes: { ERROR_MESSAGE: { StringValue: "not JSON" } } },
    ]);
    expect(await created()).toBe(1);
  });

  it.each(["DynamoDB_20120810", "AWSEvents"] as const)("hear a request again when %s was down", async (service) => {
    const event = batch(jobRequested(jobIdOf(job)));
    machine.setDown([service]);
    const refused = await functions.events(event, context);
    machine.setDown([]);
    expect(refused.batchItemFailures).toHaveLength(1);
    expect(await functions.events(event, context)).toEqual({ batchItemFailures: [] });
    await expect.poll(() => told("PredictionStarted").length).toBeGreaterThan(0);
    expect(await created()).toBe(1);
  });

  it("keep a job that Replicate throttles, and submit it when the pause is over", async () => {
    await machine.plant(
      { route: "POST *predictions" },
      { kind: "status", status: 429, headers: { "retry-after": "1" } },
    );
    const throttledAt = Date.now();
    expect(await functions.events(batch(jobRequested(jobIdOf(job))), context)).toEqual({ batchItemFailures: [] });
    expect(told("PredictionStarted")).toEqual([]);
    await functions.sweep({}, context);
    expect(Date.now() - throttledAt).toBeGreaterThanOrEqual(1000);
    await expect.poll(() => told("PredictionStarted")).toHaveLength(1);
  });

  it("adopt what a create has made whose answer was lost", async () => {
    await machine.plant({ route: "POST *predictions" }, { kind: "reset", when: "after" });
    await machine.plant({ event: "completed" }, { kind: "webhook", drop: true });
    await functions.events(batch(jobRequested(jobIdOf(job))), context);
    await makeDue();
    await functions.sweep({}, context);
    await expect.poll(() => told("PredictionStarted")).toHaveLength(1);
    expect(await created()).toBe(1);
  });

  it("answer 401 to an unsigned call of the webhook", async () => {
    const answer = await functions.webhook({ ...gatewayEvent, body: '{"test":"data"}' }, context);
    expect(answer.statusCode).toBe(401);
  });
});

const told = (type: string) =>
  machine.announced
    .filter((each) => each.type === type && JSON.stringify(each.payload).includes(jobIdOf(job)))
    .map(({ payload }) => payload);

/** How many predictions the double has that name the job of this test. */
async function created(): Promise<number> {
  const headers = { authorization: `Bearer ${machine.double.token}` };
  const listed = await (await fetch(`${machine.double.url}/v1/predictions`, { headers })).text();
  return listed.split(`jobId=${jobIdOf(job)}`).length - 1;
}

const client = () => DynamoDBDocumentClient.from(new DynamoDBClient({}));
const record = () => createDynamoPredictions(client(), "predictions").readRecord(jobIdOf(job));

/** As if the lease, or the time until the next check, were over. */
async function makeDue(): Promise<void> {
  const seen = await record();
  if (seen?.state === "waiting")
    await createDynamoPredictions(client(), "predictions").lease(seen, { at: longAgo, until: longAgo });
  if (seen?.state !== "running") return;
  const check = { nextCheckAt: longAgo, missingSince: null };
  await createDynamoPredictions(client(), "predictions").postponeCheck(seen, check);
}

const longAgo = "2026-01-01T00:00:00.000Z";

type Event = ReturnType<typeof jobRequested> | ReturnType<typeof jobCancelRequested>;

const batch = (...events: Event[]): SQSEvent => ({ Records: events.map((event) => messageOf(bodyOf(event))) });

const bodyOf = ({ name, id, correlationId, occurredAt, payload }: Event) =>
  JSON.stringify({
    source: "vsl.intake",
    "detail-type": name,
    detail: { id, version: 1, correlationId, occurredAt, payload },
  });

function messageOf(body: string): SQSRecord {
  return {
    messageId: crypto.randomUUID(),
    receiptHandle: "handle",
    body,
    attributes: {
      ApproximateReceiveCount: "1",
      SentTimestamp: "0",
      SenderId: "bus",
      ApproximateFirstReceiveTimestamp: "0",
    },
    messageAttributes: {},
    md5OfBody: "",
    eventSource: "aws:sqs",
    eventSourceARN: "arn:aws:sqs:us-east-1:000000000000:bridge",
    awsRegion: "us-east-1",
  };
}

const context: Context = {
  callbackWaitsForEmptyEventLoop: false,
  functionName: "bridge",
  functionVersion: "$LATEST",
  invokedFunctionArn: "",
  memoryLimitInMB: "512",
  awsRequestId: "request",
  logGroupName: "",
  logStreamName: "",
  getRemainingTimeInMillis: () => 14_000,
  done: () => undefined,
  fail: () => undefined,
  succeed: () => undefined,
};

const gatewayEvent = {
  version: "2.0",
  routeKey: "POST /webhook/replicate",
  rawPath: "/webhook/replicate",
  rawQueryString: "",
  headers: {},
  isBase64Encoded: false,
  requestContext: {
    accountId: "",
    apiId: "",
    domainName: "",
    domainPrefix: "",
    http: { method: "POST", path: "/webhook/replicate", protocol: "HTTP/1.1", sourceIp: "127.0.0.1", userAgent: "" },
    requestId: "",
    routeKey: "POST /webhook/replicate",
    stage: "$default",
    time: "",
    timeEpoch: 0,
  },
};
