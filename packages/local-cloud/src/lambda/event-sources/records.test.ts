import type { SQSRecord } from "aws-lambda";
import { describe, expect, it } from "vitest";
import { failedMessageIds } from "./batch-response.ts";
import { messageSchema, splitByBytes, toRecord } from "./records.ts";

describe("a record", () => {
  it("is AWS's documented example for the message behind it", () => {
    const message = messageSchema.parse({
      MessageId: "059f36b4-87a3-44ab-83d2-661975830a7d",
      ReceiptHandle: "AQEBwJnKyrHigUMZj6rYigCgxlaS3SLy0a...",
      Body: "Test message.",
      Attributes: {
        ApproximateReceiveCount: "1",
        SentTimestamp: "1545082649183",
        SenderId: "AIDAIENQZJOLO23YVJ4VO",
        ApproximateFirstReceiveTimestamp: "1545082649185",
      },
      MessageAttributes: { myAttribute: { StringValue: "myValue", DataType: "String" } },
      MD5OfBody: "e4e68fb7bd0e697a0ae8f1bb342846b3",
    });
    const expected: SQSRecord = {
      messageId: "059f36b4-87a3-44ab-83d2-661975830a7d",
      receiptHandle: "AQEBwJnKyrHigUMZj6rYigCgxlaS3SLy0a...",
      body: "Test message.",
      attributes: {
        ApproximateReceiveCount: "1",
        SentTimestamp: "1545082649183",
        SenderId: "AIDAIENQZJOLO23YVJ4VO",
        ApproximateFirstReceiveTimestamp: "1545082649185",
      },
      messageAttributes: {
        myAttribute: { stringValue: "myValue", stringListValues: [], binaryListValues: [], dataType: "String" },
      },
      md5OfBody: "e4e68fb7bd0e697a0ae8f1bb342846b3",
      eventSource: "aws:sqs",
      eventSourceARN: "arn:aws:sqs:us-east-2:123456789012:my-queue",
      awsRegion: "us-east-2",
    };
    expect(toRecord(message, "arn:aws:sqs:us-east-2:123456789012:my-queue", "us-east-2")).toEqual(expected);
  });
});

describe("a batch that is too large for one invocation", () => {
  it("is split in order, and a record alone is never split", () => {
    expect(splitByBytes(["aa", "bb", "cc", "d".repeat(50), "ee"], 10)).toEqual([
      ["aa", "bb"],
      ["cc"],
      ["d".repeat(50)],
      ["ee"],
    ]);
    expect(splitByBytes([])).toEqual([]);
  });
});

describe("what a function says of its batch", () => {
  const failed = (returned: unknown) => [...failedMessageIds(returned, ["a", "b"])];

  it.each([[null], [undefined], [{}], [{ batchItemFailures: [] }], [{ batchItemFailures: null }]])(
    "is success for %j",
    (returned) => expect(failed(returned)).toEqual([]),
  );

  it("fails the messages it names", () => {
    expect(failed({ batchItemFailures: [{ itemIdentifier: "b" }] })).toEqual(["b"]);
  });

  it.each([
    ["done"],
    [{ batchItemFailures: [{ itemIdentifier: "" }] }],
    [{ batchItemFailures: [{ itemIdentifier: null }] }],
    [{ batchItemFailures: [{ id: "b" }] }],
    [{ batchItemFailures: [{ itemIdentifier: "of another batch" }] }],
  ])("fails the whole batch for %j", (returned) => expect(failed(returned)).toEqual(["a", "b"]));
});
