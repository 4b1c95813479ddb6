import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import type { SQSEvent } from "aws-lambda";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createSqs, type Sqs } from "../../sqs/sqs.ts";
import type { Outcome } from "../invocation.ts";
import { type QueuePoller, type QueuePollerOptions, startQueuePoller } from "./queue-poller.ts";

const queueUrl = "http://127.0.0.1/000000000000/jobs";
const queueArn = "arn:aws:sqs:us-east-1:000000000000:jobs";
const visibilityTimeoutSeconds = 30;

let dataDir: string;
let sqs: Sqs;
let poller: QueuePoller | undefined;

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "queue-poller-"));
  sqs = createSqs({ dataDir, region: "us-east-1", account: "000000000000", queueUrl: () => queueUrl });
  await sqs.call("CreateQueue", {
    QueueName: "jobs",
    Attributes: { VisibilityTimeout: String(visibilityTimeoutSeconds) },
  });
});

afterEach(async () => {
  await poller?.stop();
  await sqs.close();
  await rm(dataDir, { recursive: true });
});

type Deliver = (bodies: string[], event: SQSEvent) => Promise<Outcome> | Outcome;

const done: Outcome = { kind: "returned", payload: null };

function poll(
  deliver: Deliver,
  changes: Partial<QueuePollerOptions["source"]> = {},
  port: QueuePollerOptions["sqs"] = sqs,
) {
  const reported: string[] = [];
  poller = startQueuePoller({
    source: {
      queue: "jobs",
      function: "worker",
      batchSize: 10,
      maximumBatchingWindowSeconds: 0,
      maximumConcurrency: null,
      reportBatchItemFailures: true,
      ...changes,
    },
    queueUrl,
    queueArn,
    region: "us-east-1",
    visibilityTimeoutSeconds,
    sqs: port,
    invoke: async (_name, event) => {
      const { Records } = event as SQSEvent;
      return deliver(
        Records.map(({ body }) => body),
        { Records },
      );
    },
    report: ({ message }) => reported.push(message),
  });
  return reported;
}

async function send(...bodies: string[]): Promise<void> {
  for (let at = 0; at < bodies.length; at += 10) {
    const Entries = bodies.slice(at, at + 10).map((MessageBody, index) => ({ Id: String(index), MessageBody }));
    await sqs.call("SendMessageBatch", { QueueUrl: queueUrl, Entries });
  }
}

/** How many messages are waiting and how many are invisible. */
async function depth(): Promise<[visible: number, invisible: number]> {
  const names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"];
  const answer = await sqs.call("GetQueueAttributes", { QueueUrl: queueUrl, AttributeNames: names });
  const { Attributes } = Object(answer);
  return [Number(Attributes[names[0] ?? ""]), Number(Attributes[names[1] ?? ""])];
}

describe("the poller of a queue", () => {
  it("delivers messages as Lambda's records and deletes them", async () => {
    const events: SQSEvent[] = [];
    poll((_bodies, event) => {
      events.push(event);
      return done;
    });
    await send("hello");
    await vi.waitFor(async () => expect(await depth()).toEqual([0, 0]));
    expect(events[0]?.Records[0]).toMatchObject({
      messageId: expect.any(String),
      receiptHandle: expect.any(String),
      body: "hello",
      attributes: {
        ApproximateReceiveCount: "1",
        SentTimestamp: expect.stringMatching(/^\d{13}$/),
        SenderId: expect.any(String),
        ApproximateFirstReceiveTimestamp: expect.stringMatching(/^\d{13}$/),
      },
      md5OfBody: "5d41402abc4b2a76b9719d911017c592",
      eventSource: "aws:sqs",
      eventSourceARN: queueArn,
      awsRegion: "us-east-1",
    });
  });

  it("leaves the messages that a partial batch response names, and deletes the others", async () => {
    poll((_bodies, { Records }) => {
      const failures = Records.filter(({ body }) => body === "bad");
      const batchItemFailures = failures.map(({ messageId }) => ({ itemIdentifier: messageId }));
      return { kind: "returned", payload: { batchItemFailures } };
    });
    await send("good", "bad", "fine");
    await vi.waitFor(async () => expect(await depth()).toEqual([0, 1]));
  });

  it.each<[string, Outcome]>([
    ["fails", { kind: "failed", error: { errorType: "Error", errorMessage: "no", trace: [] } }],
    ["answers what cannot be read", { kind: "returned", payload: "nonsense" }],
  ])("leaves the whole batch when the function %s", async (_what, outcome) => {
    let delivered = 0;
    poll((bodies) => {
      delivered += bodies.length;
      return outcome;
    });
    await send("a", "b", "c");
    await vi.waitFor(() => expect(delivered).toBe(3));
    await poller?.stop();
    expect(await depth()).toEqual([0, 3]);
  });

  it("takes any answer for success when the source knows no partial failures", async () => {
    poll(() => ({ kind: "returned", payload: { batchItemFailures: [{ itemIdentifier: "x" }] } }), {
      reportBatchItemFailures: false,
    });
    await send("a");
    await vi.waitFor(async () => expect(await depth()).toEqual([0, 0]));
  });

  it("tries a throttled batch again while nobody else can see it", async () => {
    let attempts = 0;
    poll(() => (++attempts < 3 ? { kind: "throttled" } : done));
    await send("a");
    await vi.waitFor(async () => expect(await depth()).toEqual([0, 0]));
    expect(attempts).toBe(3);
  });

  it("delivers side by side up to the concurrency, in batches no larger than asked for", async () => {
    let running = 0;
    let most = 0;
    const sizes: number[] = [];
    poll(
      async (bodies) => {
        running += 1;
        most = Math.max(most, running);
        sizes.push(bodies.length);
        await setTimeout(20);
        running -= 1;
        return done;
      },
      { batchSize: 4, maximumConcurrency: 2 },
    );
    await send(...Array.from({ length: 40 }, (_, index) => String(index)));
    await vi.waitFor(async () => expect(await depth()).toEqual([0, 0]));
    expect(most).toBe(2);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(4);
  });

  it("gathers a batch larger than ten within the window", async () => {
    const sizes: number[] = [];
    await send(...Array.from({ length: 25 }, (_, index) => String(index)));
    poll(
      (bodies) => {
        sizes.push(bodies.length);
        return done;
      },
      { batchSize: 25, maximumBatchingWindowSeconds: 1 },
    );
    await vi.waitFor(async () => expect(await depth()).toEqual([0, 0]));
    expect(sizes).toEqual([25]);
  });

  it("finishes what it took when it stops, and takes no more", async () => {
    const delivered: string[] = [];
    const stopping = Promise.withResolvers<void>();
    poll(async (bodies) => {
      stopping.resolve();
      await setTimeout(50);
      delivered.push(...bodies);
      return done;
    });
    await send("a");
    await stopping.promise;
    await poller?.stop();
    await send("b");
    expect(delivered).toEqual(["a"]);
    expect(await depth()).toEqual([1, 0]);
  });

  it("gives back at once what was cut off when it stops", async () => {
    const cutOff = Promise.withResolvers<Outcome>();
    const taken = Promise.withResolvers<void>();
    poll(() => {
      taken.resolve();
      return cutOff.promise;
    });
    await send("a");
    await taken.promise;
    const stopping = poller?.stop();
    cutOff.resolve({ kind: "failed", error: { errorType: "Runtime.ExitError", errorMessage: "killed", trace: [] } });
    await stopping;
    expect(await depth()).toEqual([1, 0]);
  });

  it("says so when it cannot receive, and goes on when it can", async () => {
    const delivered: string[] = [];
    let refusals = 1;
    const reported = poll(
      (bodies) => {
        delivered.push(...bodies);
        return done;
      },
      {},
      {
        call: async (operation, input, options) => {
          if (operation === "ReceiveMessage" && refusals-- > 0) throw new Error("the disk is full");
          return sqs.call(operation, input, options);
        },
      },
    );
    await vi.waitFor(() => expect(reported).toEqual(["the poller of jobs cannot receive"]));
    await send("later");
    await vi.waitFor(() => expect(delivered).toEqual(["later"]), 3_000);
  });
});
