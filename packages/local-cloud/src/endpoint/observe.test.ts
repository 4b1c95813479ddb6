import { expect, test } from "vitest";
import { AwsError } from "./aws-error.ts";
import type { JsonService } from "./json-service.ts";
import { type ObservedCall, observeInvocations, observeJson } from "./observe.ts";

const service = (targetPrefix: string, call: JsonService["call"]): JsonService => ({
  targetPrefix,
  jsonVersion: "1.0",
  errorNamespace: "",
  call,
});

test("tells what was asked and answered, and passes both on", async () => {
  const seen: ObservedCall[] = [];
  const watched = observeJson(
    service("AmazonSQS", async (_, input) => ({ echoed: input })),
    (call) => seen.push(call),
  );
  expect(await watched.call("SendMessage", { a: 1 })).toEqual({ echoed: { a: 1 } });
  expect(seen).toEqual([
    { service: "AmazonSQS", operation: "SendMessage", input: { a: 1 }, output: { echoed: { a: 1 } } },
  ]);
});

test("tells of a refusal, which the caller still gets", async () => {
  const seen: ObservedCall[] = [];
  const refusal = new AwsError("ConditionalCheckFailedException", "no");
  const watched = observeJson(
    service("AmazonSQS", async () => {
      throw refusal;
    }),
    (call) => seen.push(call),
  );
  await expect(watched.call("DeleteMessage", {})).rejects.toBe(refusal);
  expect(seen).toEqual([{ service: "AmazonSQS", operation: "DeleteMessage", input: {}, error: refusal }]);
});

test("makes DynamoDB tell what it bills, unless the caller asked for something else", async () => {
  const watched = observeJson(
    service("DynamoDB_20120810", async (_, input) => input),
    () => {},
  );
  expect(await watched.call("PutItem", {})).toEqual({ ReturnConsumedCapacity: "INDEXES" });
  expect(await watched.call("PutItem", { ReturnConsumedCapacity: "TOTAL" })).toEqual({
    ReturnConsumedCapacity: "TOTAL",
  });
});

test("tells how long a function took and how it ended", async () => {
  const seen: ObservedCall[] = [];
  const invoke = observeInvocations(
    async () => ({ kind: "throttled" }),
    (call) => seen.push(call),
  );
  await invoke("work", {});
  expect(seen).toEqual([
    { service: "Lambda", functionName: "work", durationMs: expect.any(Number), outcome: "throttled" },
  ]);
});

test("leaves alone what nobody watches", () => {
  const bare = service("AmazonSQS", async () => ({}));
  expect(observeJson(bare, undefined)).toBe(bare);
});
