import { describe, expect, it } from "vitest";
import { AwsError } from "../endpoint/aws-error.ts";
import { createDeliver } from "./deliver.ts";

const functionArn = "arn:aws:lambda:us-east-1:000000000000:function:sweep";
const sqs = { call: async () => ({ QueueUrl: "http://127.0.0.1/0/work" }) };

const deliverTo = (accept: (functionName: string, event: unknown) => unknown) =>
  createDeliver({ sqs, accept })(functionArn, [{ id: "1", json: '{"id":"e-1"}' }]);

describe("a delivery to a function", () => {
  it("is done when Lambda has taken the event", async () => {
    const accepted: unknown[] = [];
    const results = await deliverTo((...call) => accepted.push(call));
    expect(results).toEqual([{ id: "1" }]);
    expect(accepted).toEqual([["sweep", { id: "e-1" }]]);
  });

  it("cannot help when there is no such function", async () => {
    const results = await deliverTo(() => {
      throw new AwsError("ResourceNotFoundException", "Function not found", { status: 404 });
    });
    expect(results).toEqual([{ id: "1", failure: { errorCode: "NO_RESOURCE", message: "Function not found" } }]);
  });
});
