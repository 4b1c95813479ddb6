import type { Target } from "@aws-sdk/client-eventbridge";
import {
  CreateQueueCommand,
  DeleteQueueCommand,
  type Message,
  ReceiveMessageCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";
import { expect, onTestFinished, test } from "vitest";
import { createSqs } from "../sqs/sqs.ts";
import { deliverToSqs } from "./deliver-to-sqs.ts";
import type { Deliver } from "./deliveries.ts";
import type { EventBridge, EventBridgeOptions } from "./eventbridge.ts";
import { eventually } from "./suite/eventually.ts";
import { account, busArn, queueArn, region } from "./suite/places.ts";
import { credentials, recordingTargets, startBed, temporaryFolder } from "./suite/start-bed.ts";

const orders = queueArn("orders");
const dead = queueArn("dead");
const ruleArn = "arn:aws:events:us-east-1:000000000000:rule/rule";

async function putRule(
  service: EventBridge,
  Targets: Target[],
  bus = "default",
  pattern: object = { source: ["shop"] },
) {
  await service.call("PutRule", { Name: "rule", EventBusName: bus, EventPattern: JSON.stringify(pattern) });
  await service.call("PutTargets", { Rule: "rule", EventBusName: bus, Targets });
}

const putEvent = (service: EventBridge, id: number, bus = "default") =>
  service.call("PutEvents", {
    Entries: [{ Source: "shop", DetailType: "OrderPlaced", Detail: JSON.stringify({ id }), EventBusName: bus }],
  });

const failing = (errorCode: string): Deliver & { calls: number } => {
  const deliver: Deliver = async (_, messages) => {
    state.calls += 1;
    return messages.map(({ id }) => ({ id, failure: { errorCode, message: "no" } }));
  };
  const state = Object.assign(deliver, { calls: 0 });
  return state;
};

/** Sends to `dead` succeed, everything else is for `deliver`. */
function withDeadLetters(deliver: Deliver) {
  const { deliver: record, messagesTo } = recordingTargets();
  const route: Deliver = (arn, messages) => (arn === dead ? record(arn, messages) : deliver(arn, messages));
  return { deliver: route, deadLetters: () => messagesTo(dead) };
}

test("a target that fails for a while gets the event later, once", async () => {
  const { deliver: record, messagesTo } = recordingTargets();
  let failures = 3;
  const flaky = failing("THROTTLING");
  const { service } = await startBed({
    deliver: (arn, messages) => (failures-- > 0 ? flaky(arn, messages) : record(arn, messages)),
  });
  await putRule(service, [{ Id: "q", Arn: orders }]);
  await putEvent(service, 1);
  await eventually(() => expect(messagesTo(orders)).toHaveLength(1));
});

test("a port that throws counts as a failure of its target", async () => {
  const { deliver, deadLetters } = withDeadLetters(() => Promise.reject(new Error("broken pipe")));
  const { service } = await startBed({ deliver });
  const RetryPolicy = { MaximumRetryAttempts: 1 };
  await putRule(service, [{ Id: "q", Arn: orders, RetryPolicy, DeadLetterConfig: { Arn: dead } }]);
  await putEvent(service, 1);
  await eventually(() => expect(deadLetters()).toHaveLength(1));
  expect(deadLetters()[0]?.attributes).toMatchObject({ ERROR_CODE: "INTERNAL_ERROR", ERROR_MESSAGE: "broken pipe" });
});

test("after its retries an event is a dead letter that tells why", async () => {
  const target = failing("THROTTLING");
  const { deliver, deadLetters } = withDeadLetters(target);
  const { service } = await startBed({ deliver });
  const RetryPolicy = { MaximumRetryAttempts: 2 };
  await putRule(service, [{ Id: "q", Arn: orders, RetryPolicy, DeadLetterConfig: { Arn: dead } }]);
  await putEvent(service, 1);
  await eventually(() => expect(deadLetters()).toHaveLength(1));
  expect(target.calls).toBe(3);
  expect(JSON.parse(deadLetters()[0]?.json ?? "").detail).toEqual({ id: 1 });
  expect(deadLetters()[0]?.attributes).toEqual({
    RULE_ARN: ruleArn,
    TARGET_ARN: orders,
    ERROR_CODE: "THROTTLING",
    ERROR_MESSAGE: "no",
    EXHAUSTED_RETRY_CONDITION: "MaximumRetryAttempts",
    RETRY_ATTEMPTS: "2",
  });
});

test("an event too old to be tried again is a dead letter by its age", async () => {
  let offset = 0;
  const target = failing("TIMEOUT");
  const { deliver, deadLetters } = withDeadLetters(target);
  const { service } = await startBed({ deliver, now: () => Date.now() + offset });
  const RetryPolicy = { MaximumEventAgeInSeconds: 60 };
  await putRule(service, [{ Id: "q", Arn: orders, RetryPolicy, DeadLetterConfig: { Arn: dead } }]);
  await putEvent(service, 1);
  await eventually(() => expect(target.calls).toBeGreaterThan(1));
  offset = 61_000;
  await eventually(() => expect(deadLetters()).toHaveLength(1));
  expect(deadLetters()[0]?.attributes).toMatchObject({ EXHAUSTED_RETRY_CONDITION: "MaximumEventAgeInSeconds" });
});

test("without a dead-letter queue the loss is reported, naming rule and target", async () => {
  const { service, reports } = await startBed({ deliver: failing("NO_RESOURCE") });
  await putRule(service, [{ Id: "q", Arn: orders }]);
  await putEvent(service, 1);
  const line = `WARN ${ruleArn} lost an event for ${orders} at attempt 1: NO_RESOURCE no`;
  await eventually(() => expect(reports).toEqual([line]));
});

test("a target that hangs holds up no other", async () => {
  const { deliver: record, messagesTo } = recordingTargets();
  const hanging = Promise.withResolvers<void>();
  const slow = queueArn("slow");
  const { service } = await startBed({
    deliver: async (arn, messages) => {
      if (arn === slow) await hanging.promise;
      return record(arn, messages);
    },
  });
  onTestFinished(() => hanging.resolve());
  await putRule(service, [
    { Id: "a", Arn: slow },
    { Id: "b", Arn: orders },
  ]);
  for (const id of [1, 2, 3]) await putEvent(service, id);
  await eventually(() => expect(messagesTo(orders)).toHaveLength(3));
  expect(messagesTo(slow)).toEqual([]);
  hanging.resolve();
  await eventually(() => expect(messagesTo(slow)).toHaveLength(3));
});

test("closing does not wait for a target that hangs; the event is delivered after the next start", async () => {
  const before = await startBed({ deliver: () => new Promise(() => {}) });
  await putRule(before.service, [{ Id: "q", Arn: orders }]);
  await putEvent(before.service, 1);
  await before.close();
  const { messagesTo } = await startBed({ dataDir: before.dataDir });
  await eventually(() => expect(messagesTo(orders)).toHaveLength(1));
});

test("what was not delivered before a restart is delivered after it, with the attempts counted on", async () => {
  const target = failing("THROTTLING");
  const before = await startBed({ deliver: target });
  const RetryPolicy = { MaximumRetryAttempts: 100 };
  await putRule(before.service, [{ Id: "q", Arn: orders, RetryPolicy, DeadLetterConfig: { Arn: dead } }]);
  await putEvent(before.service, 1);
  await eventually(() => expect(target.calls).toBeGreaterThan(2));
  await before.close();
  const { deliver, deadLetters } = withDeadLetters(failing("NO_PERMISSIONS"));
  await startBed({ dataDir: before.dataDir, deliver });
  await eventually(() => expect(deadLetters()).toHaveLength(1));
  expect(Number(deadLetters()[0]?.attributes?.["RETRY_ATTEMPTS"])).toBe(target.calls);
});

test("events go from bus to bus, but not to a third", async () => {
  const { deliver, deadLetters } = withDeadLetters(recordingTargets().deliver);
  const second = recordingTargets();
  const { service } = await startBed({
    deliver: (arn, messages) => (arn === dead ? deliver(arn, messages) : second.deliver(arn, messages)),
  });
  for (const Name of ["second", "third"]) await service.call("CreateEventBus", { Name });
  await putRule(service, [{ Id: "bus", Arn: busArn("second") }]);
  await putRule(
    service,
    [
      { Id: "bus", Arn: busArn("third"), DeadLetterConfig: { Arn: dead } },
      { Id: "q", Arn: orders },
    ],
    "second",
  );
  await putEvent(service, 1);
  await eventually(() => expect(second.messagesTo(orders)).toHaveLength(1));
  await eventually(() => expect(deadLetters()).toHaveLength(1));
  expect(deadLetters()[0]?.attributes).toMatchObject({
    ERROR_CODE: "THIRD_ACCOUNT_HOP_DETECTED",
    TARGET_ARN: busArn("third"),
  });
});

test("a rule may not reach a bus that is gone", async () => {
  const { service, reports } = await startBed();
  await putRule(service, [{ Id: "bus", Arn: busArn("gone") }]);
  await putEvent(service, 1);
  await eventually(() => expect(reports.join()).toContain("NO_RESOURCE Event bus gone does not exist."));
});

async function bedWithSqs(options: Partial<EventBridgeOptions> = {}) {
  const sqs = createSqs({
    dataDir: await temporaryFolder(),
    region,
    account,
    queueUrl: (name) => `http://127.0.0.1/${account}/${name}`,
  });
  const bed = await startBed({ deliver: deliverToSqs(sqs), services: [sqs], ...options });
  const queues = new SQSClient({ endpoint: bed.endpoint, region, credentials });
  onTestFinished(async () => {
    queues.destroy();
    await bed.close();
    await sqs.close();
  });
  const create = async (QueueName: string, Attributes = {}) => {
    const { QueueUrl } = await queues.send(new CreateQueueCommand({ QueueName, Attributes }));
    return QueueUrl;
  };
  const receive = async (QueueUrl: string | undefined, wanted: number) => {
    const messages: Message[] = [];
    while (messages.length < wanted) {
      const receipt = await queues.send(
        new ReceiveMessageCommand({
          QueueUrl,
          MaxNumberOfMessages: 10,
          WaitTimeSeconds: 5,
          MessageAttributeNames: ["All"],
          MessageSystemAttributeNames: ["MessageGroupId"],
        }),
      );
      if (receipt.Messages === undefined) break;
      messages.push(...receipt.Messages);
    }
    return messages;
  };
  return { ...bed, queues, create, receive };
}

test("queues get every event of many, in batches", async () => {
  const { service, create, receive } = await bedWithSqs();
  const url = await create("orders");
  await putRule(service, [{ Id: "q", Arn: orders }]);
  await Promise.all(Array.from({ length: 120 }, (_, id) => putEvent(service, id)));
  const ids = (await receive(url, 120)).map(({ Body = "" }) => JSON.parse(Body).detail.id);
  expect(new Set(ids).size).toBe(120);
});

test("a FIFO queue gets the target's message group", async () => {
  const { service, create, receive } = await bedWithSqs();
  const url = await create("orders.fifo", { FifoQueue: "true", ContentBasedDeduplication: "true" });
  const SqsParameters = { MessageGroupId: "all" };
  await putRule(service, [{ Id: "q", Arn: queueArn("orders.fifo"), SqsParameters }]);
  await putEvent(service, 1);
  expect((await receive(url, 1))[0]?.Attributes).toEqual({ MessageGroupId: "all" });
});

test("an event for a deleted queue is a dead letter with AWS's message attributes", async () => {
  const { service, queues, create, receive } = await bedWithSqs();
  const url = await create("orders");
  const deadUrl = await create("dead");
  await putRule(service, [{ Id: "q", Arn: orders, DeadLetterConfig: { Arn: dead } }]);
  await queues.send(new DeleteQueueCommand({ QueueUrl: url }));
  await putEvent(service, 1);
  const [letter] = await receive(deadUrl, 1);
  const text = (StringValue: string) => ({ DataType: "String", StringValue });
  expect(letter?.MessageAttributes).toEqual({
    RULE_ARN: text(ruleArn),
    TARGET_ARN: text(orders),
    ERROR_CODE: text("NO_RESOURCE"),
    ERROR_MESSAGE: text("QueueDoesNotExist: The specified queue does not exist."),
    RETRY_ATTEMPTS: text("0"),
  });
  expect(JSON.parse(letter?.Body ?? "").detail).toEqual({ id: 1 });
});
