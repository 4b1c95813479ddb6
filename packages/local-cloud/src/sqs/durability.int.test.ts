import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { z } from "zod";
import { createSqs } from "./sqs.ts";

const message = z.object({ Body: z.string(), Attributes: z.object({ ApproximateReceiveCount: z.string() }) });
const received = z.object({ Messages: z.array(message).default([]) });
const queueUrl = (name: string) => `http://x/0/${name}`;
const QueueUrl = queueUrl("q");

let dataDir: string;
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "sqs-kill-"));
});
afterEach(() => rm(dataDir, { recursive: true }));

test("keeps what it acknowledged before it was killed: messages, who holds them, delays and counts", async () => {
  const child = fork(new URL("./suite/killed-process.ts", import.meta.url), [dataDir], { stdio: "inherit" });
  await once(child, "message");
  child.kill("SIGKILL");
  await once(child, "exit");

  let now = Date.now();
  const sqs = createSqs({ dataDir, region: "r", account: "0", queueUrl, now: () => now });
  const receive = async () =>
    received
      .parse(
        await sqs.call("ReceiveMessage", { QueueUrl, MaxNumberOfMessages: 10, MessageSystemAttributeNames: ["All"] }),
      )
      .Messages.map(({ Body, Attributes }) => [Body, Attributes.ApproximateReceiveCount]);
  expect(await receive()).toEqual([["waiting", "1"]]);
  now += 400_000;
  expect((await receive()).sort()).toEqual([
    ["delayed", "1"],
    ["held", "2"],
    ["waiting", "2"],
  ]);
  await sqs.close();
});
