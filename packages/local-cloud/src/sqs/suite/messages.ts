import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  MessageSystemAttributeName,
  PurgeQueueCommand,
} from "@aws-sdk/client-sqs";
import { expect } from "vitest";
import { bodies, type Tests } from "./connection.ts";

export const messageTests: Tests = ({ it, sqs }) => {
  it("gives a message out with its body, attributes, digests and system attributes", async () => {
    const queue = await sqs().createQueue();
    const sent = await sqs().send(queue, "héllo", {
      MessageAttributes: {
        text: { DataType: "String", StringValue: "a" },
        count: { DataType: "Number", StringValue: "12.5" },
        bytes: { DataType: "Binary.png", BinaryValue: Uint8Array.of(1, 2, 255) },
      },
    });
    const [message] = await sqs().receive(queue, {
      MessageAttributeNames: ["All"],
      MessageSystemAttributeNames: [MessageSystemAttributeName.All],
    });
    expect(message).toMatchObject({
      MessageId: sent.MessageId,
      Body: "héllo",
      MD5OfBody: sent.MD5OfMessageBody,
      MD5OfMessageAttributes: sent.MD5OfMessageAttributes,
      MessageAttributes: { count: { DataType: "Number", StringValue: "12.5" } },
      Attributes: { ApproximateReceiveCount: "1", SenderId: expect.any(String), SentTimestamp: expect.any(String) },
    });
    expect(message?.MessageAttributes?.["bytes"]?.BinaryValue).toEqual(Uint8Array.of(1, 2, 255));
  });

  it("computes the digest of attributes that AWS was recorded to answer", async () => {
    const queue = await sqs().createQueue();
    const string = (StringValue: string) => ({ DataType: "String", StringValue });
    const sent = await sqs().send(queue, "msg", {
      MessageAttributes: { Hello: string("There"), General: string("Kenobi"), "Help.Me": string("Me") },
    });
    expect(sent.MD5OfMessageAttributes).toBe("4c360f3fdafd970e05fae2f149d997f5");
    const [message] = await sqs().receive(queue, { MessageAttributeNames: ["Hel.*"] });
    expect(Object.keys(message?.MessageAttributes ?? {}).sort()).toEqual(["Hello", "Help.Me"]);
    expect(message?.MD5OfMessageAttributes).toBe("83fee93c1bcd8b9a5a923ffacdc636c7");
  });

  it("gives no attributes to a receive that asks for none", async () => {
    const queue = await sqs().createQueue();
    await sqs().send(queue, "x", { MessageAttributes: { a: { DataType: "String", StringValue: "1" } } });
    const [message] = await sqs().receive(queue);
    expect(message?.MessageAttributes).toBeUndefined();
    expect(message?.MD5OfMessageAttributes).toBeUndefined();
    expect(message?.Attributes).toBeUndefined();
  });

  it("hides a received message until its visibility timeout is over, and counts its receives", async () => {
    const queue = await sqs().createQueue({ VisibilityTimeout: "1" });
    await sqs().send(queue, "again");
    const [first] = await sqs().receive(queue);
    expect(await sqs().receive(queue)).toEqual([]);
    const [second] = await sqs().receive(queue, {
      WaitTimeSeconds: 5,
      MessageSystemAttributeNames: ["ApproximateReceiveCount"],
    });
    expect(second).toMatchObject({ MessageId: first?.MessageId, Attributes: { ApproximateReceiveCount: "2" } });
    expect(second?.ReceiptHandle).not.toBe(first?.ReceiptHandle);
  });

  it("deletes by the latest receipt handle only, and says success to an older one", async () => {
    const queue = await sqs().createQueue();
    await sqs().send(queue, "x");
    const [old] = await sqs().receive(queue, { VisibilityTimeout: 0 });
    const [latest] = await sqs().receive(queue, { VisibilityTimeout: 0 });
    await sqs().client.send(new DeleteMessageCommand({ QueueUrl: queue.url, ReceiptHandle: old?.ReceiptHandle }));
    expect(bodies(await sqs().receive(queue, { VisibilityTimeout: 0 }))).toEqual(["x"]);
    expect(latest).toBeDefined();
    const [last] = await sqs().receive(queue, { VisibilityTimeout: 0 });
    const remove = new DeleteMessageCommand({ QueueUrl: queue.url, ReceiptHandle: last?.ReceiptHandle });
    await sqs().client.send(remove);
    expect(await sqs().receive(queue)).toEqual([]);
    await sqs().client.send(remove);
  });

  it("shows a message at once when its visibility is changed to 0", async () => {
    const queue = await sqs().createQueue();
    await sqs().send(queue, "x");
    const [message] = await sqs().receive(queue);
    const waiting = sqs().receive(queue, { WaitTimeSeconds: 10 });
    await sqs().client.send(
      new ChangeMessageVisibilityCommand({
        QueueUrl: queue.url,
        ReceiptHandle: message?.ReceiptHandle,
        VisibilityTimeout: 0,
      }),
    );
    expect(bodies(await waiting)).toEqual(["x"]);
  });

  it("wakes a long poll as soon as a message is sent", async () => {
    const queue = await sqs().createQueue();
    const started = performance.now();
    const waiting = sqs().receive(queue, { WaitTimeSeconds: 10 });
    await sqs().send(queue, "now");
    expect(bodies(await waiting)).toEqual(["now"]);
    expect(performance.now() - started).toBeLessThan(3000);
  });

  it("ends a long poll with nothing when the wait is over", async () => {
    const queue = await sqs().createQueue({ ReceiveMessageWaitTimeSeconds: "1" });
    const started = performance.now();
    expect(await sqs().receive(queue)).toEqual([]);
    expect(performance.now() - started).toBeGreaterThan(900);
  });

  it("holds a delayed message back, and a long poll gets it when the delay is over", async () => {
    const queue = await sqs().createQueue();
    await sqs().send(queue, "late", { DelaySeconds: 1 });
    expect(await sqs().attributes(queue, "ApproximateNumberOfMessagesDelayed")).toEqual({
      ApproximateNumberOfMessagesDelayed: "1",
    });
    expect(await sqs().receive(queue)).toEqual([]);
    expect(bodies(await sqs().receive(queue, { WaitTimeSeconds: 10 }))).toEqual(["late"]);
  });

  it("purges what waits and what is in flight, once a minute", async () => {
    const queue = await sqs().createQueue({ VisibilityTimeout: "0" });
    await sqs().send(queue, "x");
    await sqs().client.send(new PurgeQueueCommand({ QueueUrl: queue.url }));
    expect(await sqs().receive(queue)).toEqual([]);
    await expect(sqs().client.send(new PurgeQueueCommand({ QueueUrl: queue.url }))).rejects.toMatchObject({
      name: "PurgeQueueInProgress",
    });
  });

  it("takes a message group in a standard queue, which keeps no order and locks nothing for it", async () => {
    const queue = await sqs().createQueue();
    for (const body of ["1", "2"]) await sqs().send(queue, body, { MessageGroupId: "tenant" });
    const [first] = await sqs().receive(queue, {
      MaxNumberOfMessages: 1,
      MessageSystemAttributeNames: ["MessageGroupId"],
    });
    expect(first?.Attributes).toEqual({ MessageGroupId: "tenant" });
    expect(await sqs().receive(queue)).toHaveLength(1);
  });
};
