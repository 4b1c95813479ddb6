import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { z } from "zod";
import { createSqs, type Sqs } from "./sqs.ts";

const QueueUrl = "http://x/0/q";
let dataDir: string;
let sqs: Sqs;
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "sqs-polls-"));
  sqs = createSqs({ dataDir, region: "r", account: "0", queueUrl: (name) => `http://x/0/${name}` });
  await sqs.call("CreateQueue", { QueueName: "q" });
});
afterEach(async () => {
  await sqs.close();
  await rm(dataDir, { recursive: true });
});
const poll = (signal?: AbortSignal) =>
  sqs.call("ReceiveMessage", { QueueUrl, WaitTimeSeconds: 20 }, signal ? { signal } : {});
const send = (MessageBody: string) => sqs.call("SendMessage", { QueueUrl, MessageBody });

test("serves waiting receives in the order in which they came, one message each", async () => {
  const polls = [poll(), poll(), poll()];
  for (const body of ["1", "2", "3"]) await send(body);
  expect(await Promise.all(polls)).toMatchObject(["1", "2", "3"].map((Body) => ({ Messages: [{ Body }] })));
});

test("gives no message to a receive whose caller has gone", async () => {
  const gone = new AbortController();
  const abandoned = poll(gone.signal);
  const patient = poll();
  gone.abort();
  expect(await abandoned).toEqual({});
  await send("for the other");
  expect(await patient).toMatchObject({ Messages: [{ Body: "for the other" }] });
  expect(await poll(AbortSignal.abort())).toEqual({});
});

test("answers waiting receives with nothing when it is closed", async () => {
  const begun = poll();
  await sqs.call("SetQueueAttributes", { QueueUrl, Attributes: {} });
  const justAsked = poll();
  await sqs.close();
  expect(await begun).toEqual({});
  expect(await justAsked).toEqual({});
  sqs = createSqs({ dataDir, region: "r", account: "0", queueUrl: (name) => `http://x/0/${name}` });
});

test("tells a waiting receive that its queue was deleted", async () => {
  const waiting = expect(poll()).rejects.toMatchObject({ code: "QueueDoesNotExist" });
  await sqs.call("DeleteQueue", { QueueUrl });
  await waiting;
});

test("gives back what receivers of an earlier run had, and nothing that is merely delayed", async () => {
  await send("in flight");
  await sqs.call("ReceiveMessage", { QueueUrl });
  await sqs.call("SendMessage", { QueueUrl, MessageBody: "delayed", DelaySeconds: 900 });
  await sqs.giveBackInFlight("q");
  const { Messages } = z
    .object({ Messages: z.array(z.object({ Body: z.string(), Attributes: z.record(z.string(), z.string()) })) })
    .parse(await sqs.call("ReceiveMessage", { QueueUrl, MaxNumberOfMessages: 10, AttributeNames: ["All"] }));
  expect(Messages.map(({ Body, Attributes }) => [Body, Attributes["ApproximateReceiveCount"]])).toEqual([
    ["in flight", "2"],
  ]);
});
