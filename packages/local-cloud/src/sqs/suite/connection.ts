import { randomUUID } from "node:crypto";
import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  type Message,
  type QueueAttributeName,
  ReceiveMessageCommand,
  type ReceiveMessageCommandInput,
  SendMessageCommand,
  type SendMessageCommandInput,
  SQSClient,
} from "@aws-sdk/client-sqs";
import { test } from "vitest";

/** An SQS to test: where it listens, and how to end it. */
export interface Connection {
  endpoint: string;
  close(): Promise<void>;
}

export interface SuiteOptions {
  connect: () => Promise<Connection>;
  /** Behaviour that the implementation is known not to have: the test's name, and why. */
  except: Record<string, string>;
}

export type Tests = (options: { it: It; sqs: () => TestClient }) => void;
export type It = (name: string, run: () => Promise<void>) => void;

/** A test that the implementation is excused from is listed as skipped, never left out. */
export const testsExcept =
  (except: Record<string, string>): It =>
  (name, run) =>
    test.skipIf(name in except)(name, run);

export type TestClient = ReturnType<typeof createTestClient>;

/** An unmodified SDK client, with the few calls that most tests are made of. */
export function createTestClient(endpoint: string) {
  const client = new SQSClient({
    endpoint,
    region: "us-east-1",
    credentials: { accessKeyId: "local", secretAccessKey: "local" },
    maxAttempts: 1,
  });
  return {
    client,
    async createQueue(Attributes: Record<string, string> = {}) {
      const QueueName = randomUUID() + (Attributes["FifoQueue"] ? ".fifo" : "");
      const { QueueUrl = "" } = await client.send(new CreateQueueCommand({ QueueName, Attributes }));
      return { url: QueueUrl, name: QueueName, arn: `arn:aws:sqs:us-east-1:000000000000:${QueueName}` };
    },
    send: (queue: { url: string }, MessageBody: string, more: Partial<SendMessageCommandInput> = {}) =>
      client.send(new SendMessageCommand({ QueueUrl: queue.url, MessageBody, ...more })),
    async receive(queue: { url: string }, more: Partial<ReceiveMessageCommandInput> = {}): Promise<Message[]> {
      const command = new ReceiveMessageCommand({ QueueUrl: queue.url, MaxNumberOfMessages: 10, ...more });
      return (await client.send(command)).Messages ?? [];
    },
    async attributes(queue: { url: string }, ...AttributeNames: QueueAttributeName[]) {
      const answer = await client.send(new GetQueueAttributesCommand({ QueueUrl: queue.url, AttributeNames }));
      return answer.Attributes ?? {};
    },
  };
}

export const bodies = (messages: Message[]) => messages.map(({ Body }) => Body);
