import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CreateQueueCommand, SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { createEndpoint } from "@vsl/local-cloud/endpoint";
import { createSqs } from "@vsl/local-cloud/sqs";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { findService, type ServicePlace } from "../service-place.ts";
import { walkDeadLetters } from "./dead-letters.ts";
import type { Letter } from "./letter.ts";

const place = { region: "us-east-1", account: "000000000000" };
let sqs: SQSClient;
let stop: () => Promise<void>;
let stages = 0;
let found: ServicePlace;

beforeAll(async () => {
  const dataDir = await mkdtemp(join(tmpdir(), "vsl-dlq-"));
  const service = createSqs({ ...place, dataDir, queueUrl: (name) => `http://127.0.0.1/${place.account}/${name}` });
  const s3 = () => Promise.reject(new Error("there is no S3 here"));
  const server = createEndpoint({ services: [service], s3, report: () => {} }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const endpoint = `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}`;
  const credentials = { accessKeyId: "local", secretAccessKey: "local" };
  sqs = new SQSClient({ endpoint, region: place.region, credentials });
  stop = async () => {
    sqs.destroy();
    server.close();
    await service.close();
    await rm(dataDir, { recursive: true });
  };
});
afterAll(() => stop());

/** Each test has a stage of its own. */
beforeEach(async () => {
  const stage = { name: `test-${stages++}`, client: {}, isLocal: true };
  const dead = `vsl-${stage.name}-ledger-dead-letters`;
  await sqs.send(new CreateQueueCommand({ QueueName: dead }));
  const deadLetterTargetArn = `arn:aws:sqs:${place.region}:${place.account}:${dead}`;
  const RedrivePolicy = JSON.stringify({ deadLetterTargetArn, maxReceiveCount: 30 });
  await sqs.send(new CreateQueueCommand({ QueueName: `vsl-${stage.name}-ledger`, Attributes: { RedrivePolicy } }));
  found = await findService(sqs, stage, "ledger");
});

async function bury(count: number): Promise<void> {
  for (let number = 0; number < count; number++) {
    await sqs.send(new SendMessageCommand({ QueueUrl: found.deadLetters.url, MessageBody: `letter ${number}` }));
  }
}

async function walk(isDone: (letter: Letter) => boolean = () => false, interrupted = new AbortController().signal) {
  const seen: string[] = [];
  await walkDeadLetters({
    ...{ sqs, place: found, pollSeconds: 0, interrupted },
    visit: async (letters) => {
      seen.push(...letters.map(({ body }) => body));
      return letters.filter(isDone);
    },
  });
  return seen.toSorted();
}

test("every letter is shown once, and is there for the next who looks", async () => {
  await bury(23);
  const seen = await walk();
  expect(new Set(seen).size).toBe(23);
  expect(seen).toHaveLength(23);
  expect(await walk()).toEqual(seen);
});

test("a letter that is done with is gone, the others are there", async () => {
  await bury(12);
  await walk(({ body }) => body === "letter 3" || body === "letter 11");
  const left = await walk();
  expect(left).toHaveLength(10);
  expect(left).not.toContain("letter 3");
});

test("a visit that fails leaves every letter where it was", async () => {
  await bury(3);
  const failing = walkDeadLetters({
    ...{ sqs, place: found, pollSeconds: 0, interrupted: new AbortController().signal },
    visit: () => Promise.reject(new Error("the queue is away")),
  });
  await expect(failing).rejects.toThrow("the queue is away");
  expect(await walk()).toHaveLength(3);
});

test("an interruption ends it, and gives back what was seen", async () => {
  await bury(25);
  const interrupt = new AbortController();
  const seen = await walk(() => {
    interrupt.abort();
    return false;
  }, interrupt.signal);
  expect(seen).toHaveLength(10);
  expect(await walk()).toHaveLength(25);
});

test("a stage that is not there is said in one line", async () => {
  const nowhere = { name: "nowhere", client: {}, isLocal: true };
  await expect(findService(sqs, nowhere, "ledger")).rejects.toThrow("There is no queue vsl-nowhere-ledger");
});
