import { expect, test } from "vitest";
import { z } from "zod";
import { AwsError } from "../endpoint/aws-error.ts";
import { deliverToSqs } from "./deliver-to-sqs.ts";

const entrySchema = z.object({ Id: z.string(), MessageBody: z.string() });

/** A queue that takes every batch as `answer` says, and remembers the ids of each. */
function queue(answer: () => unknown) {
  const batches: string[][] = [];
  const deliver = deliverToSqs({
    async call(operation, input) {
      if (operation === "GetQueueUrl") return { QueueUrl: `http://queues/${input["QueueName"]}` };
      const entries = z.array(entrySchema).parse(input["Entries"]);
      batches.push(entries.map(({ Id }) => Id));
      return answer();
    },
  });
  return { deliver: (messages: { id: string; json: string }[]) => deliver("arn:aws:sqs:r:1:q", messages), batches };
}

const messages = (count: number, json = "{}") => Array.from({ length: count }, (_, n) => ({ id: `${n}`, json }));

test("ten messages go in a call", async () => {
  const { deliver, batches } = queue(() => ({}));
  expect(await deliver(messages(23))).toHaveLength(23);
  expect(batches.map((batch) => batch.length)).toEqual([10, 10, 3]);
});

test("a call stays within a mebibyte", async () => {
  const { deliver, batches } = queue(() => ({}));
  await deliver(messages(5, "x".repeat(400_000)));
  expect(batches.map((batch) => batch.length)).toEqual([2, 2, 1]);
});

test("a message that the queue refused fails alone", async () => {
  const Failed = [{ Id: "1", SenderFault: true, Code: "InvalidMessageContents", Message: "bad" }];
  const { deliver } = queue(() => ({ Failed }));
  const failure = { errorCode: "INVALID_PARAMETER", message: "InvalidMessageContents: bad" };
  expect(await deliver(messages(2))).toEqual([{ id: "0" }, { id: "1", failure }]);
});

test.each([
  [new AwsError("QueueDoesNotExist", "gone"), "NO_RESOURCE"],
  [new AwsError("InvalidParameterValue", "bad"), "INVALID_PARAMETER"],
  [new AwsError("InternalFailure", "oops", { status: 500 }), "ERROR_FROM_TARGET"],
  [new Error("disk full"), "INTERNAL_ERROR"],
])("%s is EventBridge's own code", async (error, errorCode) => {
  const { deliver } = queue(() => {
    throw error;
  });
  expect(await deliver(messages(1))).toMatchObject([{ id: "0", failure: { errorCode } }]);
});
