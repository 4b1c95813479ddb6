import {
  CancelMessageMoveTaskCommand,
  ListDeadLetterSourceQueuesCommand,
  ListMessageMoveTasksCommand,
  SetQueueAttributesCommand,
  StartMessageMoveTaskCommand,
} from "@aws-sdk/client-sqs";
import { expect, vi } from "vitest";
import { bodies, type Tests } from "./connection.ts";

export const deadLetterTests: Tests = ({ it, sqs }) => {
  async function pair(maxReceiveCount = 1) {
    const dead = await sqs().createQueue();
    const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: dead.arn, maxReceiveCount });
    return { dead, queue: await sqs().createQueue({ VisibilityTimeout: "0", RedrivePolicy }) };
  }
  const start = (SourceArn: string, more: { DestinationArn?: string; MaxNumberOfMessagesPerSecond?: number } = {}) =>
    sqs().client.send(new StartMessageMoveTaskCommand({ SourceArn, ...more }));
  const tasks = async (SourceArn: string) =>
    (await sqs().client.send(new ListMessageMoveTasksCommand({ SourceArn, MaxResults: 10 }))).Results ?? [];
  async function die(queue: { url: string }, count: number) {
    for (let sent = 0; sent < count; sent += 1) await sqs().send(queue, `message ${sent}`);
    await sqs().receive(queue);
    expect(await sqs().receive(queue)).toEqual([]);
  }

  it("moves a message that was received too often to the dead-letter queue, and wakes who waits there", async () => {
    const { queue, dead } = await pair(2);
    const { MessageId } = await sqs().send(queue, "poison", {
      MessageAttributes: { a: { DataType: "String", StringValue: "1" } },
    });
    const received = [await sqs().receive(queue), await sqs().receive(queue)].flat();
    expect(bodies(received)).toEqual(["poison", "poison"]);
    const waiting = sqs().receive(dead, {
      WaitTimeSeconds: 10,
      MessageAttributeNames: ["All"],
      MessageSystemAttributeNames: ["All"],
    });
    expect(await sqs().receive(queue)).toEqual([]);
    const [moved] = await waiting;
    expect(moved).toMatchObject({ MessageId, Body: "poison", MessageAttributes: { a: { StringValue: "1" } } });
  });

  it("keeps the send time and the count of receives, and names the queue that a dead letter came from", async () => {
    const { queue, dead } = await pair();
    await sqs().send(queue, "x");
    const [before] = await sqs().receive(queue, { MessageSystemAttributeNames: ["All"] });
    await sqs().receive(queue);
    const [after] = await sqs().receive(dead, { MessageSystemAttributeNames: ["All"] });
    expect(after?.Attributes).toMatchObject({
      SentTimestamp: before?.Attributes?.SentTimestamp,
      ApproximateReceiveCount: "2",
      DeadLetterQueueSourceArn: queue.arn,
    });
  });

  it("lists the queues that a dead-letter queue serves", async () => {
    const { queue, dead } = await pair();
    const list = new ListDeadLetterSourceQueuesCommand({ QueueUrl: dead.url });
    expect((await sqs().client.send(list)).queueUrls).toEqual([queue.url]);
  });

  it("refuses a redrive policy without a target, with a wrong count, or to another kind of queue", async () => {
    const queue = await sqs().createQueue();
    const fifo = await sqs().createQueue({ FifoQueue: "true" });
    const set = (deadLetterTargetArn: string, maxReceiveCount: number) => {
      const RedrivePolicy = JSON.stringify({ deadLetterTargetArn, maxReceiveCount });
      return sqs().client.send(new SetQueueAttributesCommand({ QueueUrl: queue.url, Attributes: { RedrivePolicy } }));
    };
    await expect(set("dummy", 42)).rejects.toThrow(
      'Value {"deadLetterTargetArn":"dummy","maxReceiveCount":42} for parameter RedrivePolicy is invalid. Reason: Invalid value for deadLetterTargetArn.',
    );
    await expect(set(`${queue.arn}-none`, 1)).rejects.toThrow("Reason: Dead letter target does not exist.");
    await expect(set(queue.arn, 1001)).rejects.toThrow("valid values are from 1 to 1000 both inclusive.");
    await expect(set(fifo.arn, 1)).rejects.toThrow("must be same type of queue as the source");
  });

  it("lets a dead-letter queue say whose letters it takes", async () => {
    const closed = await sqs().createQueue({ RedriveAllowPolicy: JSON.stringify({ redrivePermission: "denyAll" }) });
    const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: closed.arn, maxReceiveCount: 1 });
    await expect(sqs().createQueue({ RedrivePolicy })).rejects.toMatchObject({ $metadata: { httpStatusCode: 400 } });
  });

  it("moves dead letters back to where they came from", async () => {
    const { queue, dead } = await pair();
    await die(queue, 3);
    await start(dead.arn);
    await vi.waitFor(async () => expect(await tasks(dead.arn)).toMatchObject([{ Status: "COMPLETED" }]));
    expect(await tasks(dead.arn)).toMatchObject([
      { SourceArn: dead.arn, ApproximateNumberOfMessagesMoved: 3, ApproximateNumberOfMessagesToMove: 3 },
    ]);
    expect(bodies(await sqs().receive(queue)).sort()).toEqual(["message 0", "message 1", "message 2"]);
  });

  it("moves dead letters to a queue that is named", async () => {
    const { queue, dead } = await pair();
    const other = await sqs().createQueue();
    await die(queue, 1);
    await start(dead.arn, { DestinationArn: other.arn });
    expect(bodies(await sqs().receive(other, { WaitTimeSeconds: 10 }))).toEqual(["message 0"]);
  });

  it("fails a move when it cannot tell where a message came from", async () => {
    const { dead } = await pair();
    await sqs().send(dead, "sent here by hand");
    await start(dead.arn);
    await vi.waitFor(async () =>
      expect(await tasks(dead.arn)).toMatchObject([
        { Status: "FAILED", FailureReason: "CouldNotDetermineMessageSource" },
      ]),
    );
    expect(bodies(await sqs().receive(dead))).toEqual(["sent here by hand"]);
  });

  it("moves no faster than it is told to, one task at a time, and can be stopped", async () => {
    const { queue, dead } = await pair();
    await die(queue, 5);
    const { TaskHandle } = await start(dead.arn, { MaxNumberOfMessagesPerSecond: 1 });
    await expect(start(dead.arn)).rejects.toThrow("There is already a task running.");
    expect(await tasks(dead.arn)).toMatchObject([{ Status: "RUNNING", TaskHandle, MaxNumberOfMessagesPerSecond: 1 }]);
    await sqs().client.send(new CancelMessageMoveTaskCommand({ TaskHandle }));
    expect(await tasks(dead.arn)).toMatchObject([{ Status: "CANCELLED" }]);
    expect(
      Number((await sqs().attributes(dead, "ApproximateNumberOfMessages")).ApproximateNumberOfMessages),
    ).toBeGreaterThan(2);
  });

  it("refuses a move from a queue that is nobody's dead-letter queue, or to one that does not exist", async () => {
    const { queue, dead } = await pair();
    await expect(start(queue.arn)).rejects.toThrow("Source queue must be configured as a Dead Letter Queue.");
    await expect(start(dead.arn, { DestinationArn: `${dead.arn}-none` })).rejects.toMatchObject({
      name: "ResourceNotFoundException",
      message: "The resource that you specified for the DestinationArn parameter doesn't exist.",
    });
    const cancel = new CancelMessageMoveTaskCommand({ TaskHandle: "nonsense" });
    await expect(sqs().client.send(cancel)).rejects.toThrow("Value for parameter TaskHandle is invalid.");
  });
};
