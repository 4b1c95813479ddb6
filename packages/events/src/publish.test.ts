import { DescribeEventBusCommand, type EventBridgeClient, PutEventsCommand } from "@aws-sdk/client-eventbridge";
import fc from "fast-check";
import { expect, test } from "vitest";
import { announce } from "./announce.ts";
import { Permanent } from "./errors.ts";
import { JobRequested } from "./intake-events.ts";
import { createPublisher, entryBytes, splitForPutEvents } from "./publish.ts";

const payload = JobRequested.payload.parse(JobRequested.example);
const announcement = announce(JobRequested, payload, { correlationId: "c", occurredAt: payload.requestedAt });

/** A bus that keeps what it accepts, and refuses entries as the script says: one list of indexes a call. */
function busThatRefuses(...script: readonly (readonly number[])[]) {
  const accepted: string[] = [];
  const calls: number[] = [];
  const send = async (command: unknown) => {
    if (command instanceof DescribeEventBusCommand) return { Name: command.input.Name };
    if (!(command instanceof PutEventsCommand)) throw new Error("an unexpected command");
    const { Entries = [] } = command.input;
    const refused = script[calls.length] ?? [];
    calls.push(Entries.length);
    return {
      FailedEntryCount: refused.length,
      Entries: Entries.map(({ Detail = "" }, index) => {
        if (refused.includes(index)) return { ErrorCode: "ThrottlingException", ErrorMessage: "slow down" };
        accepted.push(Detail);
        return { EventId: `e-${index}` };
      }),
    };
  };
  // The client's `send` has an overload for each command; a test of ours needs two of them.
  return { accepted, calls, client: { send } as unknown as Pick<EventBridgeClient, "send"> };
}

const publisher = (bus: ReturnType<typeof busThatRefuses>) =>
  createPublisher({ client: bus.client, busName: "bus", backoffMs: [0, 0] });

test("sends again exactly the entries that the bus refused", async () => {
  const bus = busThatRefuses([1, 3], [0]);
  await publisher(bus)(Array.from({ length: 4 }, () => announcement));
  expect(bus.calls).toEqual([4, 2, 1]);
  expect(bus.accepted).toHaveLength(4);
});

test("throws unless every entry was accepted, and names no body", async () => {
  const bus = busThatRefuses([0], [0], [0]);
  await expect(publisher(bus)([announcement])).rejects.toThrow(
    "the bus bus refused JobRequested (ThrottlingException)",
  );
  expect(bus.calls).toEqual([1, 1, 1]);
});

test("23 announcements take three calls", async () => {
  const bus = busThatRefuses();
  await publisher(bus)(Array.from({ length: 23 }, () => announcement));
  expect(bus.calls).toEqual([10, 10, 3]);
});

test("nothing to announce calls nobody", async () => {
  const bus = busThatRefuses();
  await publisher(bus)([]);
  expect(bus.calls).toEqual([]);
});

test("a bus that does not exist is found before an event is lost on it, and looked for again the next time", async () => {
  let describes = 0;
  const send = async () => {
    describes++;
    throw Object.assign(new Error("no such bus"), { name: "ResourceNotFoundException" });
  };
  const publish = createPublisher({ client: { send } as unknown as Pick<EventBridgeClient, "send">, busName: "typo" });
  await expect(publish([announcement])).rejects.toThrow("the event bus typo cannot be described");
  await expect(publish([announcement])).rejects.toThrow("typo");
  expect(describes).toBe(2);
});

test("an event over EventBridge's limit is refused before the call, for ever", async () => {
  const huge = announce(
    JobRequested,
    { ...payload, input: { prompt: "x".repeat(1024 * 1024) } },
    { correlationId: "c", occurredAt: payload.requestedAt },
  );
  const bus = busThatRefuses();
  await expect(publisher(bus)([huge])).rejects.toThrow(Permanent);
  expect(bus.calls).toEqual([]);
});

test("every batch fits one call, in order, whatever the sizes", () => {
  const entry = fc
    .integer({ min: 1, max: 700_000 })
    .map((bytes) => ({ Source: "s", DetailType: "d", Detail: "x".repeat(bytes) }));
  fc.assert(
    fc.property(fc.array(entry, { maxLength: 40 }), (entries) => {
      const batches = splitForPutEvents(entries);
      expect(batches.flat()).toEqual(entries);
      for (const batch of batches) {
        expect(batch.length).toBeLessThanOrEqual(10);
        expect(batch.reduce((sum, each) => sum + entryBytes(each), 0)).toBeLessThanOrEqual(1024 * 1024);
      }
    }),
    { numRuns: 50 },
  );
});
