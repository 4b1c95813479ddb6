import { GetQueueUrlCommand, PurgeQueueCommand, SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { clientOptions } from "./aws.ts";
import { createHistory } from "./history.ts";
import { makeDataDir, type System, startSystem } from "./system.ts";
import { vsl } from "./vsl.ts";

/** Alone with its system: it makes it ill. */
const { dataDir, remove } = await makeDataDir();
let system: System;
let sqs: SQSClient;

beforeAll(async () => {
  system = await startSystem({ dataDir });
  sqs = new SQSClient(clientOptions(system.awsUrl));
});
afterAll(async () => {
  sqs.destroy();
  await system.stop();
  await remove();
});

const linesOf = (stdout: string) => stdout.trim().split("\n");

test("a healthy system passes every check, and is left as it was", async () => {
  const history = createHistory(system);
  try {
    const before = [await history.dumpLedger(), await history.dumpJobs(), await history.outside()];
    const { exitCode, stdout, stderr } = await vsl(system, ["doctor"]);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    expect(linesOf(stdout).filter((line) => !line.startsWith("✓ "))).toEqual([]);
    expect(linesOf(stdout)).toHaveLength(13);
    expect([await history.dumpLedger(), await history.dumpJobs(), await history.outside()]).toEqual(before);
  } finally {
    await history.close();
  }
});

test("a dead letter is found, with how to read it", async () => {
  const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName: "vsl-local-storage-dead-letters" }));
  await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: "{" }));
  const { exitCode, stdout, stderr } = await vsl(system, ["doctor"]);
  expect(linesOf(stdout).filter((line) => !line.startsWith("✓ "))).toEqual([
    "✗ no dead letters of storage: there is 1. Read why, mend it, send it back: npm run vsl -- dlq list --service storage",
  ]);
  expect({ exitCode, stderr }).toEqual({ exitCode: 1, stderr: "1 of 13 checks found something wrong.\n" });
  await sqs.send(new PurgeQueueCommand({ QueueUrl }));
});
