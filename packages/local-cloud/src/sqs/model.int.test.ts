import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { createSqs, type Sqs } from "./sqs.ts";

/** What SQS promises, said once more and simply: a list of messages, when each shows itself, and who holds it. */
interface ModelMessage {
  body: string;
  group: string | undefined;
  visibleAt: number;
  receives: number;
  handle: string | undefined;
}

const received = z.object({
  Messages: z
    .array(
      z.object({
        Body: z.string(),
        ReceiptHandle: z.string(),
        Attributes: z.object({ ApproximateReceiveCount: z.string() }),
      }),
    )
    .default([]),
});

// Few and round figures, so that moments often fall together: that is where mistakes live.
const groups = ["a", "b"];
const seconds = fc.constantFrom(0, 5, 10);
const command = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant("send" as const), group: fc.constantFrom(...groups) }) },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant("receive" as const),
      maximum: fc.integer({ min: 1, max: 4 }),
      seconds: fc.constantFrom(5, 10),
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("delete" as const), pick: fc.nat(20) }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant("hide" as const),
      pick: fc.nat(20),
      seconds,
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("wait" as const), seconds }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("restart" as const) }) },
);

type Step = typeof command extends fc.Arbitrary<infer One> ? One : never;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "sqs-model-"));
});
afterAll(() => rm(folder, { recursive: true }));

let runs = 0;
for (const fifo of [false, true]) {
  const kind = fifo ? "FIFO" : "standard";
  test(`a ${kind} queue loses nothing, hides what is in flight and counts receives, across restarts`, async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(command, { minLength: 20, maxLength: 60, size: "max" }), async (commands) => {
        runs += 1;
        // One store for all: a queue of its own keeps a run apart, and spares it the making of tables.
        const world = await createWorld(folder, { name: `q${runs}`, fifo });
        try {
          for (const step of commands) await world.run(step);
          await world.drain();
        } finally {
          await world.close();
        }
      }),
      { numRuns: 35, seed: 20_260_101 },
    );
  });
}

async function createWorld(dataDir: string, { name, fifo }: { name: string; fifo: boolean }) {
  let time = 1_800_000_000_000;
  let sent = 0;
  const model: ModelMessage[] = [];
  const open = (): Sqs =>
    createSqs({ dataDir, region: "r", account: "0", queueUrl: (name) => `http://x/0/${name}`, now: () => time });
  let sqs = open();
  const QueueName = fifo ? `${name}.fifo` : name;
  const QueueUrl = `http://x/0/${QueueName}`;
  await sqs.call("CreateQueue", { QueueName, Attributes: fifo ? { FifoQueue: "true" } : {} });

  const inFlight = (message: ModelMessage) => message.handle !== undefined && message.visibleAt > time;
  const receivable = () =>
    model.filter(
      (message) =>
        message.visibleAt <= time && !(fifo && model.some((one) => one.group === message.group && inFlight(one))),
    );

  async function receive(maximum: number, seconds: number) {
    const candidates = receivable();
    const { Messages } = received.parse(
      await sqs.call("ReceiveMessage", {
        QueueUrl,
        MaxNumberOfMessages: maximum,
        VisibilityTimeout: seconds,
        MessageSystemAttributeNames: ["All"],
      }),
    );
    expect(Messages.length).toBe(Math.min(maximum, candidates.length));
    for (const { Body, ReceiptHandle, Attributes } of Messages) {
      const message = candidates.find(({ body }) => body === Body);
      if (!message) throw new Error(`${Body} should not have been given out`);
      message.receives += 1;
      message.handle = ReceiptHandle;
      message.visibleAt = time + seconds * 1000;
      expect(Attributes.ApproximateReceiveCount).toBe(String(message.receives));
    }
    if (fifo) expect(Messages.map(({ Body }) => Body)).toEqual(candidates.slice(0, maximum).map(({ body }) => body));
    return Messages.length;
  }

  async function settle(pick: number, act: (message: ModelMessage, ReceiptHandle: string) => Promise<unknown>) {
    const held = model.filter(inFlight);
    const message = held[pick % Math.max(held.length, 1)];
    if (message?.handle !== undefined) await act(message, message.handle);
  }

  async function run(step: Step): Promise<unknown> {
    switch (step.do) {
      case "send": {
        const body = `message ${sent++}`;
        const group = fifo ? step.group : undefined;
        model.push({ body, group, visibleAt: time, receives: 0, handle: undefined });
        const fifoMembers = fifo ? { MessageGroupId: step.group, MessageDeduplicationId: String(sent) } : {};
        return sqs.call("SendMessage", { QueueUrl, MessageBody: body, ...fifoMembers });
      }
      case "receive":
        return receive(step.maximum, step.seconds);
      case "delete":
        return settle(step.pick, async (message, ReceiptHandle) => {
          model.splice(model.indexOf(message), 1);
          await sqs.call("DeleteMessage", { QueueUrl, ReceiptHandle });
        });
      case "hide":
        return settle(step.pick, async (message, ReceiptHandle) => {
          message.visibleAt = time + step.seconds * 1000;
          await sqs.call("ChangeMessageVisibility", { QueueUrl, ReceiptHandle, VisibilityTimeout: step.seconds });
        });
      case "wait":
        time += step.seconds * 1000;
        return;
      case "restart":
        await sqs.close();
        sqs = open();
        return;
      default:
        return step satisfies never;
    }
  }

  return {
    run,
    /** After every visibility timeout, all that was not deleted must come out. */
    async drain() {
      time += 60_000;
      const left = new Set(model.map(({ body }) => body));
      for (let turn = 0; left.size > 0 && turn <= model.length; turn += 1) {
        const before = new Map(model.map(({ body, receives }) => [body, receives]));
        await receive(10, 3600);
        for (const { body, receives } of model) if (receives !== before.get(body)) left.delete(body);
        await Promise.all(
          model.filter(inFlight).map(async (message) => {
            await sqs.call("DeleteMessage", { QueueUrl, ReceiptHandle: message.handle });
            model.splice(model.indexOf(message), 1);
          }),
        );
      }
      expect([...left]).toEqual([]);
    },
    close: () => sqs.close(),
  };
}
