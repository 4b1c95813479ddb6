import { describe, expect, it } from "vitest";
import { AwsError } from "../endpoint/aws-error.ts";
import type { Outcome } from "../lambda/invocation.ts";
import { createDeliver } from "./deliver.ts";

const functionArn = "arn:aws:lambda:us-east-1:000000000000:function:sweep";
const sqs = { call: async () => ({ QueueUrl: "http://127.0.0.1/0/work" }) };

const deliverTo = (invoke: (functionName: string, event: unknown) => Promise<Outcome>) =>
  createDeliver({ sqs, invoke })(functionArn, [{ id: "1", json: '{"id":"e-1"}' }]);

describe("a delivery to a function", () => {
  it("is done when the function has returned", async () => {
    const invoked: unknown[] = [];
    const results = await deliverTo(async (...call) => {
      invoked.push(call);
      return { kind: "returned", payload: null };
    });
    expect(results).toEqual([{ id: "1" }]);
    expect(invoked).toEqual([["sweep", { id: "e-1" }]]);
  });

  it.each<[string, Outcome, string]>([
    ["failed", { kind: "failed", error: { errorType: "Error", errorMessage: "no", trace: [] } }, "no"],
    ["was throttled", { kind: "throttled" }, "Rate Exceeded."],
  ])("is to be tried again when the function %s", async (_what, outcome, message) => {
    const results = await deliverTo(async () => outcome);
    expect(results).toEqual([{ id: "1", failure: { errorCode: "ERROR_FROM_TARGET", message } }]);
  });

  it("cannot help when there is no such function", async () => {
    const results = await deliverTo(async () => {
      throw new AwsError("ResourceNotFoundException", "Function not found", { status: 404 });
    });
    expect(results).toEqual([{ id: "1", failure: { errorCode: "NO_RESOURCE", message: "Function not found" } }]);
  });
});
