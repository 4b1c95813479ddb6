import {
  ChangeMessageVisibilityCommand,
  DeleteMessageBatchCommand,
  DeleteMessageCommand,
  SendMessageBatchCommand,
} from "@aws-sdk/client-sqs";
import { expect } from "vitest";
import { bodies, type Tests } from "./connection.ts";

export const refusalTests: Tests = ({ it, sqs }) => {
  it("refuses a message longer than the queue allows, and takes one of exactly that length", async () => {
    const queue = await sqs().createQueue({ MaximumMessageSize: "1024" });
    await sqs().send(queue, "a".repeat(1024));
    await expect(sqs().send(queue, "a".repeat(1025))).rejects.toMatchObject({
      message: "One or more parameters are invalid. Reason: Message must be shorter than 1024 bytes.",
      $metadata: { httpStatusCode: 400 },
    });
  });

  it("counts names, types and values of attributes into a message's length", async () => {
    const queue = await sqs().createQueue({ MaximumMessageSize: "1024" });
    const attributes = { MessageAttributes: { abc: { DataType: "String", StringValue: "x" } } };
    await sqs().send(queue, "a".repeat(1014), attributes);
    await expect(sqs().send(queue, "a".repeat(1015), attributes)).rejects.toThrow("must be shorter than 1024 bytes");
  });

  it("takes a message of 1 MiB", async () => {
    const queue = await sqs().createQueue();
    await sqs().send(queue, "é".repeat(524_288));
    const [message] = await sqs().receive(queue);
    expect(message?.Body).toHaveLength(524_288);
  });

  it("refuses characters that XML 1.0 does not know, and takes all others", async () => {
    const queue = await sqs().createQueue();
    await expect(sqs().send(queue, "a\u0000b")).rejects.toMatchObject({ name: "InvalidMessageContents" });
    await expect(sqs().send(queue, "\uffff")).rejects.toMatchObject({ name: "InvalidMessageContents" });
    await sqs().send(queue, "\t\n\r 😀");
    expect(bodies(await sqs().receive(queue))).toEqual(["\t\n\r 😀"]);
  });

  it("names the query protocol's error code too", async () => {
    await expect(sqs().receive({ url: "http://127.0.0.1/000000000000/none" })).rejects.toMatchObject({
      name: "QueueDoesNotExist",
      message: "The specified queue does not exist.",
      Error: { Code: "AWS.SimpleQueueService.NonExistentQueue", Type: "Sender" },
      $metadata: { httpStatusCode: 400 },
    });
  });

  it("refuses figures that are out of range", async () => {
    const queue = await sqs().createQueue();
    await expect(sqs().receive(queue, { MaxNumberOfMessages: 11 })).rejects.toThrow(
      "Value 11 for parameter MaxNumberOfMessages is invalid. Reason: Must be between 1 and 10, if provided.",
    );
    await expect(sqs().receive(queue, { WaitTimeSeconds: 21 })).rejects.toThrow(
      "Value 21 for parameter WaitTimeSeconds",
    );
    await expect(sqs().send(queue, "x", { DelaySeconds: 901 })).rejects.toThrow("Value 901 for parameter DelaySeconds");
  });

  it("refuses faulty message attributes", async () => {
    const queue = await sqs().createQueue();
    const sendWith = (name: string, DataType: string, StringValue: string) =>
      sqs().send(queue, "x", { MessageAttributes: { [name]: { DataType, StringValue } } });
    await expect(sendWith("a", "Text", "1")).rejects.toThrow("supported type prefixes: Binary, Number, String");
    await expect(sendWith("a", "Number", "one")).rejects.toThrow("Can't cast the value");
    await expect(sendWith("a", "String", "")).rejects.toThrow("must contain a non-empty value of type 'String'");
    await expect(sendWith("AWS.a", "String", "1")).rejects.toThrow("'AWS.a' is invalid");
  });

  it("refuses a receipt handle that it never wrote", async () => {
    const queue = await sqs().createQueue();
    const remove = new DeleteMessageCommand({ QueueUrl: queue.url, ReceiptHandle: "nonsense" });
    await expect(sqs().client.send(remove)).rejects.toMatchObject({
      name: "ReceiptHandleIsInvalid",
      $metadata: { httpStatusCode: 404 },
    });
  });

  it("refuses to hide a message that is gone", async () => {
    const queue = await sqs().createQueue();
    await sqs().send(queue, "x");
    const [{ ReceiptHandle } = {}] = await sqs().receive(queue);
    const handle = { QueueUrl: queue.url, ReceiptHandle };
    await sqs().client.send(new DeleteMessageCommand(handle));
    await expect(
      sqs().client.send(new ChangeMessageVisibilityCommand({ ...handle, VisibilityTimeout: 5 })),
    ).rejects.toThrow("Message does not exist or is not available for visibility timeout change.");
  });

  it("refuses a whole batch that is empty, too many, too long, or unclear about its ids", async () => {
    const queue = await sqs().createQueue();
    const batch = (Entries: { Id: string; MessageBody: string }[]) =>
      sqs().client.send(new SendMessageBatchCommand({ QueueUrl: queue.url, Entries }));
    const entries = (count: number, MessageBody: string) =>
      Array.from({ length: count }, (_, index) => ({ Id: String(index), MessageBody }));
    const refused = (name: string) => ({ name, $metadata: { httpStatusCode: 400 } });
    await expect(batch([])).rejects.toMatchObject(refused("EmptyBatchRequest"));
    await expect(batch(entries(11, "x"))).rejects.toMatchObject(refused("TooManyEntriesInBatchRequest"));
    await expect(batch(entries(2, "a".repeat(524_289)))).rejects.toMatchObject(refused("BatchRequestTooLong"));
    await expect(batch([{ Id: "a b", MessageBody: "x" }])).rejects.toMatchObject(refused("InvalidBatchEntryId"));
    await expect(batch([...entries(1, "x"), ...entries(1, "y")])).rejects.toMatchObject(
      refused("BatchEntryIdsNotDistinct"),
    );
    expect(await sqs().receive(queue)).toEqual([]);
  });

  it("refuses single entries of a batch and does the others", async () => {
    const queue = await sqs().createQueue();
    const sent = await sqs().client.send(
      new SendMessageBatchCommand({
        QueueUrl: queue.url,
        Entries: [
          { Id: "good", MessageBody: "x" },
          { Id: "bad", MessageBody: "\u0001" },
        ],
      }),
    );
    expect(sent.Successful?.map(({ Id }) => Id)).toEqual(["good"]);
    expect(sent.Failed).toMatchObject([{ Id: "bad", SenderFault: true, Code: "InvalidMessageContents" }]);
    const [message] = await sqs().receive(queue);
    const removed = await sqs().client.send(
      new DeleteMessageBatchCommand({
        QueueUrl: queue.url,
        Entries: [
          { Id: "good", ReceiptHandle: message?.ReceiptHandle },
          { Id: "bad", ReceiptHandle: "nonsense" },
        ],
      }),
    );
    expect(removed.Successful?.map(({ Id }) => Id)).toEqual(["good"]);
    expect(removed.Failed).toMatchObject([{ Id: "bad", Code: "ReceiptHandleIsInvalid" }]);
  });
};
