import { expect, test } from "vitest";
import { count, emptyTally, shareOf } from "./tally.ts";

type Call = Parameters<typeof count>[1];

function tallyOf(...calls: Call[]) {
  const tally = emptyTally();
  for (const call of calls) count(tally, call);
  return tally;
}

const dynamodb = (operation: string, rest: object): Call => ({
  service: "DynamoDB_20120810",
  operation,
  input: {},
  ...rest,
});
const sqs = (operation: string, input: Record<string, unknown>, output?: unknown): Call => ({
  ...{ service: "AmazonSQS", operation, input },
  ...(output !== undefined && { output }),
});

test("events are billed by 64 KB", () => {
  const entry = (bytes: number) => ({ Source: "", DetailType: "", Detail: "x".repeat(bytes) });
  const Entries = [entry(1), entry(65_536), entry(65_537)];
  expect(tallyOf({ service: "AWSEvents", operation: "PutEvents", input: { Entries } })).toMatchObject({
    events: 4,
    eventBytes: 131_074,
  });
});

test("writes and reads are what DynamoDB says, over tables and indexes, and a refused condition is a write", () => {
  const used = (...units: number[]) => ({
    output: { ConsumedCapacity: units.map((CapacityUnits) => ({ CapacityUnits })) },
  });
  const refused = Object.assign(new Error("no"), { name: "ConditionalCheckFailedException" });
  const tally = tallyOf(
    dynamodb("PutItem", { output: { ConsumedCapacity: { CapacityUnits: 2 } } }),
    dynamodb("TransactWriteItems", used(4, 2)),
    dynamodb("UpdateItem", { error: refused }),
    dynamodb("GetItem", { output: { ConsumedCapacity: { CapacityUnits: 0.5 } } }),
    dynamodb("Scan", used(3)),
  );
  expect(tally).toMatchObject({ writeUnits: 9, readUnits: 3.5, scans: 1 });
});

test("each message is a request to send; receives that bring nothing are counted apart", () => {
  const Entries = [{ Id: "a" }, { Id: "b" }];
  const tally = tallyOf(
    sqs("SendMessageBatch", { Entries }, {}),
    sqs("ReceiveMessage", {}, { Messages: [{}, {}] }),
    sqs("ReceiveMessage", {}, {}),
    sqs("ReceiveMessage", {}),
    sqs("DeleteMessageBatch", { Entries }, {}),
    sqs("GetQueueUrl", {}, {}),
  );
  expect(tally).toMatchObject({ sqsSends: 2, sqsOthers: 2, sqsEmptyReceives: 2 });
});

test("S3's requests are told apart as they are billed", () => {
  const s3 = (method: string, url: string): Call => ({ service: "S3", method, url, status: 200 });
  const calls = [
    s3("PUT", "/b/k"),
    s3("GET", "/b?list-type=2"),
    s3("GET", "/b/k"),
    s3("HEAD", "/b/k"),
    s3("DELETE", "/b/k"),
  ];
  expect(tallyOf(...calls)).toMatchObject({ s3Puts: 1, s3Lists: 1, s3Reads: 2 });
});

test("a metric is its name with its dimensions, however often it is sent", () => {
  const put = (model: string): Call => ({
    ...{ service: "GraniteServiceVersion20100801", operation: "PutMetricData" },
    input: { MetricData: [{ MetricName: "JobsStarted", Dimensions: [{ Name: "modelId", Value: model }] }] },
  });
  const tally = tallyOf(put("a"), put("a"), put("b"));
  expect([tally.metricCalls, tally.metrics.size]).toEqual([3, 2]);
});

test("shares are of every number, and of the invocations", () => {
  const invoked: Call = { service: "Lambda", functionName: "f", durationMs: 30, outcome: "returned" };
  const share = shareOf(tallyOf(invoked, invoked, invoked, dynamodb("Scan", { output: {} })), 2);
  expect(share.scans).toBe(0.5);
  expect(share.invocations.get("f")).toEqual({ count: 1.5, ms: 45 });
});
