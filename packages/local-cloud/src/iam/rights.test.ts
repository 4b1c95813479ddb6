import { describe, expect, it } from "vitest";
import { accessKeyIn } from "./access-key.ts";
import { cloudwatchRights } from "./cloudwatch-rights.ts";
import { dynamodbRights } from "./dynamodb-rights.ts";
import { eventsRights } from "./events-rights.ts";
import { lambdaRights } from "./lambda-rights.ts";
import type { Input, Right } from "./right.ts";
import { s3Rights } from "./s3-rights.ts";
import { sqsRights } from "./sqs-rights.ts";

const place = { region: "eu-west-1", account: "123456789012" };
const shown = (rights: Right[]) =>
  rights.map(({ action, resource }) => `${action} ${resource.replace(":eu-west-1:123456789012:", "::")}`);
const dynamodb = (path: string) => `arn:aws:dynamodb::${path}`;

describe("DynamoDB", () => {
  it.each<[string, Input, string[]]>([
    ["PutItem", { TableName: "t" }, [`dynamodb:PutItem ${dynamodb("table/t")}`]],
    [
      "GetItem",
      { TableName: "arn:aws:dynamodb:eu-west-1:1:table/t" },
      ["dynamodb:GetItem arn:aws:dynamodb:eu-west-1:1:table/t"],
    ],
    ["Query", { TableName: "t", IndexName: "i" }, [`dynamodb:Query ${dynamodb("table/t/index/i")}`]],
    [
      "BatchWriteItem",
      { RequestItems: { a: [], b: [] } },
      [`dynamodb:BatchWriteItem ${dynamodb("table/a")}`, `dynamodb:BatchWriteItem ${dynamodb("table/b")}`],
    ],
    [
      "TransactWriteItems",
      { TransactItems: [{ Update: { TableName: "a" } }, { ConditionCheck: { TableName: "b" } }] },
      [`dynamodb:UpdateItem ${dynamodb("table/a")}`, `dynamodb:ConditionCheckItem ${dynamodb("table/b")}`],
    ],
    ["TransactGetItems", { TransactItems: [{ Get: { TableName: "a" } }] }, [`dynamodb:GetItem ${dynamodb("table/a")}`]],
    ["TransactWriteItems", { TransactItems: [{ Other: {} }] }, [`dynamodb:TransactWriteItems ${dynamodb("table/")}`]],
    ["UntagResource", { ResourceArn: "arn:x" }, ["dynamodb:UntagResource arn:x"]],
    ["Scan", { TableName: 7 }, [`dynamodb:Scan ${dynamodb("table/")}`]],
  ])("%s of %j", (operation, input, expected) => {
    expect(shown(dynamodbRights(operation, input, place))).toEqual(expected);
  });
});

describe("SQS", () => {
  const QueueUrl = "http://127.0.0.1:4566/123456789012/q";
  it.each<[string, Input, string[]]>([
    ["DeleteMessageBatch", { QueueUrl }, ["sqs:DeleteMessage arn:aws:sqs::q"]],
    ["GetQueueUrl", { QueueName: "q" }, ["sqs:GetQueueUrl arn:aws:sqs::q"]],
    ["ListQueues", {}, ["sqs:ListQueues arn:aws:sqs::*"]],
    [
      "StartMessageMoveTask",
      { SourceArn: "arn:dead", DestinationArn: "arn:q" },
      [
        "sqs:StartMessageMoveTask arn:dead",
        "sqs:ReceiveMessage arn:dead",
        "sqs:DeleteMessage arn:dead",
        "sqs:GetQueueAttributes arn:dead",
        "sqs:SendMessage arn:q",
      ],
    ],
    ["CancelMessageMoveTask", { TaskHandle: "h" }, ["sqs:CancelMessageMoveTask arn:aws:sqs::*"]],
  ])("%s of %j", (operation, input, expected) => {
    expect(shown(sqsRights(operation, input, place))).toEqual(expected);
  });
});

describe("EventBridge", () => {
  it.each<[string, Input, string[]]>([
    [
      "PutEvents",
      { Entries: [{ EventBusName: "b" }, { EventBusName: "arn:aws:events:eu-west-1:123456789012:event-bus/c" }, {}] },
      ["b", "c", "default"].map((bus) => `events:PutEvents arn:aws:events::event-bus/${bus}`),
    ],
    ["PutRule", { EventBusName: "b", Name: "r" }, ["events:PutRule arn:aws:events::rule/b/r"]],
    ["UpdateEventBus", {}, ["events:UpdateEventBus arn:aws:events::event-bus/default"]],
    ["TagResource", { ResourceARN: "arn:rule" }, ["events:TagResource arn:rule"]],
    ["PutTargets", { Rule: "r" }, ["events:PutTargets arn:aws:events::rule/r"]],
    [
      "StartReplay",
      { ReplayName: "again", EventSourceArn: "arn:archive" },
      ["events:StartReplay arn:aws:events::replay/again", "events:StartReplay arn:archive"],
    ],
    ["ListRules", { EventBusName: "b" }, ["events:ListRules *"]],
  ])("%s of %j", (operation, input, expected) => {
    expect(shown(eventsRights(operation, input, place))).toEqual(expected);
  });

  it("knows of an entry its source and type, which conditions may ask for", () => {
    const [right] = eventsRights("PutEvents", { Entries: [{ Source: "s", DetailType: "T" }] }, place);
    expect(right?.context).toEqual({ "events:source": "s", "events:detail-type": "T" });
  });
});

it("CloudWatch knows no resources, and the namespace of what is written", () => {
  expect(cloudwatchRights("PutMetricData", { Namespace: "N" })).toEqual([
    { action: "cloudwatch:PutMetricData", resource: "*", context: { "cloudwatch:namespace": "N" } },
  ]);
  expect(shown(cloudwatchRights("ListMetrics", {}))).toEqual(["cloudwatch:ListMetrics *"]);
});

describe("S3", () => {
  const asked = { bucket: "b", key: "", query: new Map<string, string>(), headers: {} };
  it.each([
    ["GET service", {}, ["s3:ListAllMyBuckets *"]],
    ["HEAD bucket", {}, ["s3:ListBucket arn:aws:s3:::b"]],
    ["DELETE bucket?cors", {}, ["s3:PutBucketCORS arn:aws:s3:::b"]],
    ["DELETE bucket?policy", {}, ["s3:DeleteBucketPolicy arn:aws:s3:::b"]],
    ["GET bucket?website", {}, ["s3:GETbucket?website arn:aws:s3:::b"]],
    ["HEAD object", { key: "a/b" }, ["s3:GetObject arn:aws:s3:::b/a/b"]],
    [
      "PUT object",
      { key: "k", headers: { "if-match": '"e"' } },
      ["s3:PutObject arn:aws:s3:::b/k", "s3:GetObject arn:aws:s3:::b/k"],
    ],
    [
      "PUT object?uploadId from a copy",
      { key: "k", headers: { "x-amz-copy-source": "/c/a%20b?versionId=1" } },
      ["s3:PutObject arn:aws:s3:::b/k", "s3:GetObject arn:aws:s3:::c/a b"],
    ],
    ["DELETE object?uploadId", { key: "k" }, ["s3:AbortMultipartUpload arn:aws:s3:::b/k"]],
  ])("%s of %j", (operation, more, expected) => {
    expect(shown(s3Rights({ ...asked, ...more, operation }))).toEqual(expected);
  });
});

describe("Lambda", () => {
  const functions = "/2015-03-31/functions";
  const f = "arn:aws:lambda::function:f";
  it.each([
    ["POST", `${functions}/f/invocations?Qualifier=%24LATEST`, `lambda:InvokeFunction ${f}`],
    [
      "POST",
      `${functions}/${encodeURIComponent("arn:aws:lambda:eu-west-1:123456789012:function:f:1")}/invocations`,
      `lambda:InvokeFunction ${f}`,
    ],
    ["GET", `${functions}/f`, `lambda:GetFunction ${f}`],
    ["GET", `${functions}/f/configuration`, `lambda:GetFunctionConfiguration ${f}`],
    ["GET", `${functions}/`, "lambda:ListFunctions *"],
    ["DELETE", `${functions}/f`, "lambda:DELETE *"],
  ])("%s %s", (method, url, expected) => {
    expect(shown(lambdaRights(method, url, place))).toEqual([expected]);
  });
});

describe("the access key", () => {
  it("is found in the header, in a presigned URL, or nowhere", () => {
    const authorization = "AWS4-HMAC-SHA256 Credential=LKIA1/20260101/eu-west-1/s3/aws4_request, SignedHeaders=host";
    expect(accessKeyIn({ authorization })).toBe("LKIA1");
    expect(accessKeyIn({}, "/b/k?X-Amz-Expires=1&X-Amz-Credential=LKIA2%2F20260101%2Feu-west-1")).toBe("LKIA2");
    expect(accessKeyIn({}, "/b/k")).toBeUndefined();
  });
});
