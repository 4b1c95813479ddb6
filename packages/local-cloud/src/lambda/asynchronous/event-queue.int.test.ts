import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { fixtureFunction } from "../../../test/fixtures/function-topology.ts";
import type { FunctionTopology } from "../../topology.ts";
import type { Outcome } from "../invocation.ts";
import type { AttemptPorts } from "./attempt-event.ts";
import { createEventQueue, type EventQueue } from "./event-queue.ts";

const place = { region: "us-east-1", account: "000000000000" };
const queueArn = (name: string) => `arn:aws:sqs:us-east-1:000000000000:${name}`;
const returned: Outcome = { kind: "returned", payload: { done: true } };
const failed: Outcome = { kind: "failed", error: { errorType: "Error", errorMessage: "no", trace: ["Error: no"] } };

let dataDir: string;
let now: number;
const open: EventQueue[] = [];

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "event-queue-"));
  now = Date.parse("2026-03-04T10:15:30Z");
});

afterEach(async () => {
  for (const queue of open.splice(0)) await queue.close();
  await rm(dataDir, { recursive: true });
});

const configured = (settings: Partial<FunctionTopology["asynchronousInvocation"]>) => {
  const fn = fixtureFunction("sweep");
  return { ...fn, asynchronousInvocation: { ...fn.asynchronousInvocation, ...settings } };
};

function openQueue(fn: FunctionTopology = fixtureFunction("sweep")) {
  const reported: string[] = [];
  const queue = createEventQueue({
    functions: [fn],
    dataDir,
    ...place,
    report: ({ message }) => reported.push(message),
    now: () => now,
  });
  open.push(queue);
  return { queue, reported };
}

/** A function that answers with what the test says, and destinations that keep what they are told. */
function record(answer: (call: number) => Outcome | Promise<Outcome>) {
  const calls: unknown[][] = [];
  const told: unknown[][] = [];
  const ports: AttemptPorts = {
    invoke: async (...call) => answer(calls.push(call)),
    sendRecord: async (...record) => void told.push(record),
    sendMessage: async (...message) => void told.push(message),
  };
  return { calls, told, ports };
}

/** The queue's timers are real, and its clock is the test's: what the clock has made due is begun by any new event. */
async function advance(queue: EventQueue, ms: number): Promise<void> {
  now += ms;
  queue.accept("sweep", "look");
}

const callsFor = (calls: unknown[][], event: unknown) =>
  calls.filter(([, given]) => JSON.stringify(given) === JSON.stringify(event));

describe("the queue of asynchronous invocations", () => {
  it("invokes with the event and the request's id", async () => {
    const { queue } = openQueue();
    const { calls, ports } = record(() => returned);
    queue.start(ports);
    const requestId = queue.accept("sweep", { a: 1 }, { clientContext: "{}" });
    await vi.waitFor(() => expect(calls).toEqual([["sweep", { a: 1 }, { requestId, clientContext: "{}" }]]));
  });

  it("refuses an unknown function and an event over 1 MB", () => {
    const { queue } = openQueue();
    expect(() => queue.accept("nobody", {})).toThrow("Function not found");
    expect(() => queue.accept("sweep", "x".repeat(1_048_576))).toThrow("Request must be smaller than 1048576 bytes");
  });

  it("keeps what it has taken over a restart, and does not invoke again what was done", async () => {
    const first = openQueue().queue;
    first.accept("sweep", "kept");
    await open.pop()?.close();

    const second = openQueue().queue;
    const run = record(() => returned);
    second.start(run.ports);
    await vi.waitFor(() => expect(run.calls).toHaveLength(1));
    await open.pop()?.close();

    const third = openQueue().queue;
    const rerun = record(() => returned);
    third.start(rerun.ports);
    third.accept("sweep", "new");
    await vi.waitFor(() => expect(rerun.calls.map(([, event]) => event)).toEqual(["new"]));
  });

  it("invokes again what its own end has cut off", async () => {
    const { queue } = openQueue(configured({ maximumRetryAttempts: 0 }));
    const cut = Promise.withResolvers<Outcome>();
    const { calls, ports } = record(() => cut.promise);
    queue.start(ports);
    queue.accept("sweep", "cut off");
    await vi.waitFor(() => expect(calls).toHaveLength(1));
    queue.stop();
    cut.resolve(failed);
    await open.pop()?.close();

    const rerun = record(() => returned);
    openQueue().queue.start(rerun.ports);
    await vi.waitFor(() => expect(rerun.calls.map(([, event]) => event)).toEqual(["cut off"]));
  });

  it("tries a failure twice more with the same request id, then tells the destination and the dead-letter queue", async () => {
    const { queue, reported } = openQueue(
      configured({ onFailureArn: queueArn("failures"), deadLetterQueueArn: queueArn("dead") }),
    );
    const { calls, told, ports } = record(() => failed);
    queue.start(ports);
    const requestId = queue.accept("sweep", { a: 1 });
    await vi.waitFor(() => expect(callsFor(calls, { a: 1 })).toHaveLength(1));
    await advance(queue, 59_000);
    await vi.waitFor(() => expect(calls).toHaveLength(2));
    expect(callsFor(calls, { a: 1 })).toHaveLength(1);
    await advance(queue, 2_000);
    await vi.waitFor(() => expect(callsFor(calls, { a: 1 })).toHaveLength(2));
    await advance(queue, 121_000);
    await vi.waitFor(() => expect(callsFor(calls, { a: 1 })).toHaveLength(3));
    expect(new Set(callsFor(calls, { a: 1 }).map(([, , options]) => Object(options).requestId))).toEqual(
      new Set([requestId]),
    );
    await vi.waitFor(() => expect(told.length).toBeGreaterThanOrEqual(2));
    expect(told.slice(0, 2)).toEqual([
      [
        queueArn("failures"),
        {
          version: "1.0",
          timestamp: "2026-03-04T10:18:32.000Z",
          requestContext: {
            requestId,
            functionArn: "arn:aws:lambda:us-east-1:000000000000:function:sweep:$LATEST",
            condition: "RetriesExhausted",
            approximateInvokeCount: 3,
          },
          requestPayload: { a: 1 },
          responseContext: { statusCode: 200, executedVersion: "$LATEST", functionError: "Unhandled" },
          responsePayload: { errorType: "Error", errorMessage: "no", trace: ["Error: no"] },
        },
      ],
      [queueArn("dead"), '{"a":1}', { RequestID: requestId, ErrorCode: 200, ErrorMessage: "no" }],
    ]);
    expect(reported[0]).toBe(`sweep did not do the event ${requestId} (RetriesExhausted)`);
  });

  it("tells a success where the function says", async () => {
    const { queue } = openQueue(configured({ onSuccessArn: queueArn("done"), onFailureArn: queueArn("failures") }));
    const { told, ports } = record(() => returned);
    queue.start(ports);
    queue.accept("sweep", {});
    await vi.waitFor(() => expect(told).toHaveLength(1));
    expect(told[0]).toEqual([
      queueArn("done"),
      expect.objectContaining({
        requestContext: expect.objectContaining({ condition: "Success", approximateInvokeCount: 1 }),
        responseContext: { statusCode: 200, executedVersion: "$LATEST" },
        responsePayload: { done: true },
      }),
    ]);
  });

  it("runs no more at once than the function's reservation, and gives up at once where that is none", async () => {
    const { queue } = openQueue({ ...fixtureFunction("sweep"), reservedConcurrency: 2 });
    const gates: PromiseWithResolvers<Outcome>[] = [];
    const { calls, ports } = record(() => {
      const gate = Promise.withResolvers<Outcome>();
      gates.push(gate);
      return gate.promise;
    });
    queue.start(ports);
    for (const event of [1, 2, 3]) queue.accept("sweep", event);
    await vi.waitFor(() => expect(calls).toHaveLength(2));
    gates[0]?.resolve(returned);
    await vi.waitFor(() => expect(calls).toHaveLength(3));
    for (const gate of gates) gate.resolve(returned);
    await open.pop()?.close();

    const none = openQueue({ ...configured({ onFailureArn: queueArn("failures") }), reservedConcurrency: 0 }).queue;
    const refused = record(() => returned);
    none.start(refused.ports);
    none.accept("sweep", {});
    await vi.waitFor(() => expect(refused.told).toHaveLength(1));
    expect(refused.calls).toEqual([]);
    expect(refused.told[0]?.[1]).toMatchObject({ requestContext: { condition: "ZeroReservedConcurrency" } });
  });
});
