import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CloudWatchClient, PutMetricDataCommand } from "@aws-sdk/client-cloudwatch";
import {
  BatchGetItemCommand,
  DynamoDBClient,
  GetItemCommand,
  ListTablesCommand,
  PutItemCommand,
  QueryCommand,
  TransactWriteItemsCommand,
} from "@aws-sdk/client-dynamodb";
import { EventBridgeClient, PutEventsCommand } from "@aws-sdk/client-eventbridge";
import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { SendMessageBatchCommand, SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { fixtureTopology } from "../../test/fixtures/fixture-topology.ts";
import { fixtureFunction } from "../../test/fixtures/function-topology.ts";
import { startAws } from "../boot/start-aws.ts";
import { withinInvocation } from "../lambda/runtime/within-invocation.ts";
import { createIam } from "./iam.ts";
import { readUsedRights } from "./used-rights.ts";

const place = { region: "us-east-1", account: "000000000000" };
const arn = (service: string, path: string) => `arn:aws:${service}:${place.region}:${place.account}:${path}`;
const table = arn("dynamodb", "table/heard");

const reader = fixtureFunction("reader", {
  service: "shop",
  permissions: [
    { actions: ["dynamodb:GetItem"], resources: [table] },
    { actions: ["dynamodb:Query"], resources: [`${table}/index/recent`] },
    {
      actions: ["cloudwatch:PutMetricData"],
      resources: ["*"],
      conditions: { StringEquals: { "cloudwatch:namespace": "Shop" } },
    },
  ],
});
const writer = fixtureFunction("writer", {
  service: "shop",
  permissions: [
    { actions: ["dynamodb:PutItem", "dynamodb:ConditionCheckItem"], resources: [table] },
    { actions: ["sqs:SendMessage"], resources: [arn("sqs", "work")] },
    { actions: ["events:PutEvents"], resources: [arn("events", "event-bus/fixture-bus")] },
  ],
});

let stack: AsyncDisposableStack;
let endpoint: string;
let dataDir: string;
let shop: { accessKeyId: string; secretAccessKey: string };
const warnings: string[] = [];

beforeAll(async () => {
  // SDK clients send the trace header only inside Lambda.
  vi.stubEnv("AWS_LAMBDA_FUNCTION_NAME", "shop");
  stack = new AsyncDisposableStack();
  stack.defer(() => void vi.unstubAllEnvs());
  dataDir = await mkdtemp(join(tmpdir(), "local-iam-"));
  stack.defer(() => rm(dataDir, { recursive: true, force: true }));
  const topology = fixtureTopology({ functions: [reader, writer], routes: [], eventSources: [], schedules: [] });
  const report = ({ message }: { message: string }) => void warnings.push(message);
  const iam = createIam({ ...place, functions: topology.functions, dataDir: join(dataDir, "iam"), report });
  shop = iam.credentialsOf("shop");
  const aws = await startAws({
    topology,
    dataDir,
    port: { port: 0, purpose: "the test", remedy: "none" },
    iam,
    invoke: async () => ({ kind: "returned", payload: "invoked" }),
    report,
  });
  stack.defer(() => aws.close());
  await aws.apply(topology);
  endpoint = aws.endpointUrl;
});
afterAll(() => stack.disposeAsync());

let dynamodb: DynamoDBClient;
let sqs: SQSClient;
let events: EventBridgeClient;
let cloudwatch: CloudWatchClient;
let lambda: LambdaClient;

beforeAll(() => {
  const configuration = { endpoint, region: place.region, credentials: shop };
  [dynamodb, sqs, events, cloudwatch, lambda] = [
    new DynamoDBClient(configuration),
    new SQSClient(configuration),
    new EventBridgeClient(configuration),
    new CloudWatchClient(configuration),
    new LambdaClient(configuration),
  ];
  for (const client of [dynamodb, sqs, events, cloudwatch, lambda]) stack.defer(() => client.destroy());
});

/** What happens inside is an invocation of the function, as the runtime makes it. */
const within = (functionName: string, work: () => Promise<void>) => () =>
  withinInvocation({ requestId: "1", functionArn: arn("lambda", `function:${functionName}`) }, work);

const key = { pk: { S: "a" } };
const Item = { ...key, said: { S: "hello" } };
const read = () => dynamodb.send(new GetItemCommand({ TableName: "heard", Key: key }));
const put = () => dynamodb.send(new PutItemCommand({ TableName: "heard", Item }));
const denied = (role: string, rest: string) =>
  `User: arn:aws:sts::${place.account}:assumed-role/${role} is not authorized to perform: ${rest}`;

describe("a function that reads", () => {
  it(
    "may do what its own statements allow",
    within("reader", async () => {
      expect((await read()).Item).toBeUndefined();
    }),
  );

  it(
    "gets DynamoDB's refusal for what only another function of its service may do",
    within("reader", async () => {
      await expect(put()).rejects.toMatchObject({
        name: "AccessDeniedException",
        message: denied(
          "reader-role/reader",
          `dynamodb:PutItem on resource: ${table} because no identity-based policy allows the dynamodb:PutItem action`,
        ),
        $metadata: { httpStatusCode: 400, attempts: 1 },
      });
      expect(warnings).toContain(`reader was denied dynamodb:PutItem on ${table}: add it to its permissions`);
    }),
  );

  it(
    "may query the index that it was given, and neither its table nor another index",
    within("reader", async () => {
      const query = (IndexName?: string) =>
        dynamodb.send(
          new QueryCommand({
            TableName: "heard",
            IndexName,
            KeyConditionExpression: "pk = :pk",
            ExpressionAttributeValues: { ":pk": { S: "a" } },
          }),
        );
      await expect(query()).rejects.toThrow(`dynamodb:Query on resource: ${table} because`);
      await expect(query("old")).rejects.toThrow(`dynamodb:Query on resource: ${table}/index/old because`);
      // Allowed, and so DynamoDB's own answer: there is no such index.
      await expect(query("recent")).rejects.toMatchObject({ name: "ValidationException" });
    }),
  );

  it(
    "needs a right of its own to read a batch",
    within("reader", async () => {
      const batch = new BatchGetItemCommand({ RequestItems: { heard: { Keys: [key] } } });
      await expect(dynamodb.send(batch)).rejects.toThrow("dynamodb:BatchGetItem");
    }),
  );

  it(
    "writes metrics of the namespace that its condition names",
    within("reader", async () => {
      const write = (Namespace: string) =>
        cloudwatch.send(new PutMetricDataCommand({ Namespace, MetricData: [{ MetricName: "Sales", Value: 1 }] }));
      await write("Shop");
      await expect(write("Other")).rejects.toMatchObject({
        name: expect.stringMatching(/^AccessDenied/),
        message: denied(
          "reader-role/reader",
          "cloudwatch:PutMetricData because no identity-based policy allows the cloudwatch:PutMetricData action",
        ),
        $metadata: { httpStatusCode: 403 },
      });
    }),
  );
});

describe("a function that writes", () => {
  it(
    "needs in a transaction what each of its parts needs",
    within("writer", async () => {
      const Put = { TableName: "heard", Item: { ...Item, pk: { S: "b" } } };
      const ConditionCheck = {
        TableName: "heard",
        Key: { pk: { S: "none" } },
        ConditionExpression: "attribute_not_exists(pk)",
      };
      await dynamodb.send(new TransactWriteItemsCommand({ TransactItems: [{ Put }, { ConditionCheck }] }));
      const Delete = { TableName: "heard", Key: key };
      const deleting = new TransactWriteItemsCommand({ TransactItems: [{ Put }, { Delete }] });
      await expect(dynamodb.send(deleting)).rejects.toThrow("not authorized to perform: dynamodb:DeleteItem");
    }),
  );

  it(
    "sends a batch with the right to send, and only to the queue that it was given",
    within("writer", async () => {
      const queueUrl = (name: string) => `${endpoint}/${place.account}/${name}`;
      const Entries = [{ Id: "1", MessageBody: "hello" }];
      const sent = await sqs.send(new SendMessageBatchCommand({ QueueUrl: queueUrl("work"), Entries }));
      expect(sent.Successful).toHaveLength(1);
      const other = new SendMessageCommand({ QueueUrl: queueUrl("work-dead"), MessageBody: "hello" });
      await expect(sqs.send(other)).rejects.toMatchObject({
        name: expect.stringMatching(/^AccessDenied/),
        message: denied(
          "writer-role/writer",
          `sqs:sendmessage on resource: ${arn("sqs", "work-dead")} because no identity-based policy allows the sqs:sendmessage action`,
        ),
        $metadata: { httpStatusCode: 403 },
      });
    }),
  );

  it(
    "announces on the bus that it was given, with all entries of a call or none",
    within("writer", async () => {
      const entry = { Source: "shop", DetailType: "Sold", Detail: "{}" };
      const onOwnBus = { ...entry, EventBusName: "fixture-bus" };
      const announced = await events.send(new PutEventsCommand({ Entries: [onOwnBus] }));
      expect(announced.FailedEntryCount).toBe(0);
      await expect(events.send(new PutEventsCommand({ Entries: [onOwnBus, entry] }))).rejects.toMatchObject({
        name: "AccessDeniedException",
        message: expect.stringContaining(`events:PutEvents on resource: ${arn("events", "event-bus/default")} because`),
      });
    }),
  );

  it(
    "may not invoke a function that nobody gave it",
    within("writer", async () => {
      await expect(lambda.send(new InvokeCommand({ FunctionName: "reader" }))).rejects.toMatchObject({
        name: "AccessDeniedException",
        message: expect.stringContaining(`lambda:InvokeFunction on resource: ${arn("lambda", "function:reader")}`),
      });
    }),
  );
});

describe("a service outside any invocation", () => {
  it("may do what any of its functions may, and no more", async () => {
    await put();
    expect((await read()).Item).toEqual(Item);
    await expect(dynamodb.send(new ListTablesCommand({}))).rejects.toThrow(
      denied("shop/shop", `dynamodb:ListTables on resource: ${arn("dynamodb", "table/*")}`),
    );
  });
});

describe("a developer", () => {
  it.each(["local", "test", "AKIAIOSFODNN7EXAMPLE"])("with the key %s may do everything", async (accessKeyId) => {
    const credentials = { accessKeyId, secretAccessKey: "anything" };
    const own = new DynamoDBClient({ endpoint, region: place.region, credentials });
    await expect(own.send(new ListTablesCommand({}))).resolves.toMatchObject({ TableNames: ["heard"] });
    own.destroy();
  });
});

it("keeps which rights were used, by function and as they were granted", () => {
  const used = readUsedRights(join(dataDir, "iam", "used-rights.jsonl"));
  expect(used).toContainEqual({ service: "shop", function: "writer", action: "dynamodb:PutItem", resource: table });
  expect(used).toContainEqual({ service: "shop", function: null, action: "dynamodb:GetItem", resource: table });
  expect(used.filter((right) => right.function === "writer" && right.action === "events:PutEvents")).toHaveLength(1);
  expect(used.some((right) => right.function === "reader" && right.action === "dynamodb:PutItem")).toBe(false);
});
