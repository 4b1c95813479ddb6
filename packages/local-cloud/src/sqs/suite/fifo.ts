import { DeleteMessageCommand } from "@aws-sdk/client-sqs";
import { expect } from "vitest";
import { bodies, type Tests } from "./connection.ts";

export const fifoTests: Tests = ({ it, sqs }) => {
  const fifoQueue = (more: Record<string, string> = {}) =>
    sqs().createQueue({ FifoQueue: "true", ContentBasedDeduplication: "true", ...more });
  const inGroup = (MessageGroupId: string) => ({ MessageGroupId });

  it("keeps the order in a group and locks the group while one of its messages is in flight", async () => {
    const queue = await fifoQueue();
    for (const body of ["a1", "a2", "a3"]) await sqs().send(queue, body, inGroup("a"));
    await sqs().send(queue, "b1", inGroup("b"));
    const [first] = await sqs().receive(queue, { MaxNumberOfMessages: 1 });
    expect(first?.Body).toBe("a1");
    expect(bodies(await sqs().receive(queue))).toEqual(["b1"]);
    const waiting = sqs().receive(queue, { WaitTimeSeconds: 10 });
    await sqs().client.send(new DeleteMessageCommand({ QueueUrl: queue.url, ReceiptHandle: first?.ReceiptHandle }));
    expect(bodies(await waiting)).toEqual(["a2", "a3"]);
  });

  it("gives the first message of a group again before the ones behind it", async () => {
    const queue = await fifoQueue();
    for (const body of ["1", "2"]) await sqs().send(queue, body, inGroup("g"));
    await sqs().receive(queue, { MaxNumberOfMessages: 1, VisibilityTimeout: 1 });
    expect(bodies(await sqs().receive(queue, { WaitTimeSeconds: 5 }))).toEqual(["1", "2"]);
  });

  it("stores what is sent twice within five minutes once, and answers alike", async () => {
    const queue = await fifoQueue();
    const first = await sqs().send(queue, "same", inGroup("g"));
    const again = await sqs().send(queue, "same", inGroup("g"));
    const named = { ...inGroup("g"), MessageDeduplicationId: "d" };
    await sqs().send(queue, "one", named);
    await sqs().send(queue, "two", named);
    expect([again.MessageId, again.SequenceNumber]).toEqual([first.MessageId, first.SequenceNumber]);
    expect(bodies(await sqs().receive(queue))).toEqual(["same", "one"]);
  });

  it("deduplicates in each group by itself where the queue says so", async () => {
    const queue = await fifoQueue({ DeduplicationScope: "messageGroup", FifoThroughputLimit: "perMessageGroupId" });
    await sqs().send(queue, "same", inGroup("a"));
    await sqs().send(queue, "same", inGroup("b"));
    expect(bodies(await sqs().receive(queue))).toEqual(["same", "same"]);
  });

  it("numbers messages in growing order and gives group, deduplication id and number out", async () => {
    const queue = await fifoQueue();
    const one = await sqs().send(queue, "1", inGroup("g"));
    const two = await sqs().send(queue, "2", { ...inGroup("g"), MessageDeduplicationId: "d" });
    expect(one.SequenceNumber).toMatch(/^\d{20}$/);
    expect(BigInt(two.SequenceNumber ?? 0)).toBeGreaterThan(BigInt(one.SequenceNumber ?? 0));
    const [, second] = await sqs().receive(queue, { MessageSystemAttributeNames: ["All"] });
    expect(second?.Attributes).toMatchObject({
      MessageGroupId: "g",
      MessageDeduplicationId: "d",
      SequenceNumber: two.SequenceNumber,
    });
  });

  it("refuses what only standard queues take, and a message without group or deduplication id", async () => {
    const queue = await fifoQueue();
    const strict = await fifoQueue({ ContentBasedDeduplication: "false" });
    await expect(sqs().send(queue, "x")).rejects.toThrow("The request must contain the parameter MessageGroupId.");
    await expect(sqs().send(strict, "x", inGroup("g"))).rejects.toThrow(
      "The queue should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly",
    );
    await expect(sqs().send(queue, "x", { ...inGroup("g"), DelaySeconds: 2 })).rejects.toThrow(
      "Value 2 for parameter DelaySeconds is invalid. Reason: The request include parameter that is not valid for this queue type.",
    );
  });

  it("refuses a receipt handle whose visibility timeout is over", async () => {
    const queue = await fifoQueue();
    await sqs().send(queue, "x", inGroup("g"));
    const [message] = await sqs().receive(queue, { VisibilityTimeout: 0 });
    const remove = new DeleteMessageCommand({ QueueUrl: queue.url, ReceiptHandle: message?.ReceiptHandle });
    await expect(sqs().client.send(remove)).rejects.toThrow("Reason: The receipt handle has expired.");
  });

  it("answers a repeated receive attempt alike, until one of its messages is settled", async () => {
    const queue = await fifoQueue();
    for (const group of ["a", "b"]) await sqs().send(queue, group, inGroup(group));
    const attempt = () =>
      sqs().receive(queue, {
        ReceiveRequestAttemptId: "attempt-1",
        MessageSystemAttributeNames: ["ApproximateReceiveCount"],
      });
    const first = await attempt();
    expect(bodies(first)).toEqual(["a", "b"]);
    expect(await attempt()).toEqual(first);
    expect(bodies(await sqs().receive(queue, { ReceiveRequestAttemptId: "attempt-2" }))).toEqual([]);
    const [{ ReceiptHandle } = {}] = first;
    await sqs().client.send(new DeleteMessageCommand({ QueueUrl: queue.url, ReceiptHandle }));
    expect(bodies(await attempt())).toEqual([]);
    await expect(sqs().receive(queue, { ReceiveRequestAttemptId: "a b" })).rejects.toThrow(
      "Value a b for parameter ReceiveRequestAttemptId is invalid.",
    );
    const standard = await sqs().createQueue();
    await expect(sqs().receive(standard, { ReceiveRequestAttemptId: "x" })).rejects.toThrow(
      "The request include parameter that is not valid for this queue type.",
    );
  });
};
