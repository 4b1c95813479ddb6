import { randomUUID } from "node:crypto";
import {
  CreateQueueCommand,
  DeleteQueueCommand,
  GetQueueUrlCommand,
  ListQueuesCommand,
  SetQueueAttributesCommand,
} from "@aws-sdk/client-sqs";
import { expect } from "vitest";
import type { Tests } from "./connection.ts";

export const queueTests: Tests = ({ it, sqs }) => {
  it("answers the same URL when a queue is created again with what it has", async () => {
    const { client } = sqs();
    const QueueName = randomUUID();
    const create = (Attributes: Record<string, string>) =>
      client.send(new CreateQueueCommand({ QueueName, Attributes }));
    const { QueueUrl } = await create({ DelaySeconds: "7" });
    expect((await create({ DelaySeconds: "7" })).QueueUrl).toBe(QueueUrl);
    expect((await create({})).QueueUrl).toBe(QueueUrl);
    expect((await client.send(new GetQueueUrlCommand({ QueueName }))).QueueUrl).toBe(QueueUrl);
    await expect(create({ DelaySeconds: "8" })).rejects.toMatchObject({
      name: "QueueNameExists",
      message: "A queue already exists with the same name and a different value for attribute DelaySeconds",
    });
  });

  it("gives a new queue AWS's defaults", async () => {
    const queue = await sqs().createQueue();
    expect(await sqs().attributes(queue, "All")).toMatchObject({
      QueueArn: queue.arn,
      VisibilityTimeout: "30",
      DelaySeconds: "0",
      MaximumMessageSize: "1048576",
      MessageRetentionPeriod: "345600",
      ReceiveMessageWaitTimeSeconds: "0",
      SqsManagedSseEnabled: "true",
      ApproximateNumberOfMessages: "0",
      CreatedTimestamp: expect.stringMatching(/^\d{10}$/),
    });
  });

  it("changes attributes, and refuses unknown ones and values out of range", async () => {
    const queue = await sqs().createQueue();
    const set = (Attributes: Record<string, string>) =>
      sqs().client.send(new SetQueueAttributesCommand({ QueueUrl: queue.url, Attributes }));
    await set({ VisibilityTimeout: "69" });
    expect(await sqs().attributes(queue, "VisibilityTimeout")).toEqual({ VisibilityTimeout: "69" });
    await expect(set({ Colour: "red" })).rejects.toMatchObject({ name: "InvalidAttributeName" });
    await expect(set({ VisibilityTimeout: "43201" })).rejects.toMatchObject({ name: "InvalidAttributeValue" });
  });

  it("refuses a name that is not allowed", async () => {
    const create = new CreateQueueCommand({ QueueName: "a b" });
    await expect(sqs().client.send(create)).rejects.toThrow(
      "Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length",
    );
  });

  it("lists queues by prefix, page by page", async () => {
    const prefix = randomUUID();
    for (const end of ["a", "b", "c"]) {
      await sqs().client.send(new CreateQueueCommand({ QueueName: `${prefix}-${end}` }));
    }
    const page = async (NextToken?: string) =>
      sqs().client.send(new ListQueuesCommand({ QueueNamePrefix: prefix, MaxResults: 2, NextToken }));
    const first = await page();
    const second = await page(first.NextToken);
    expect([first.QueueUrls?.length, second.QueueUrls?.length]).toEqual([2, 1]);
    expect(second.NextToken).toBeUndefined();
  });

  it("forgets a deleted queue, and lets its name rest for a minute", async () => {
    const { client } = sqs();
    const queue = await sqs().createQueue();
    await client.send(new DeleteQueueCommand({ QueueUrl: queue.url }));
    await expect(sqs().send(queue, "x")).rejects.toMatchObject({ name: "QueueDoesNotExist" });
    await expect(client.send(new CreateQueueCommand({ QueueName: queue.name }))).rejects.toMatchObject({
      name: "QueueDeletedRecently",
    });
  });
};
