import { expect, test } from "vitest";
import { type Announcement, announce } from "./announce.ts";
import { Permanent, RetryLater } from "./errors.ts";
import { backoffSeconds, type DeliveryLine, each, type HearPorts, hear, nothingToAnnounce } from "./hear.ts";
import { JobCancelRequested, JobRequested } from "./intake-events.ts";
import { delivery, sqsBatch } from "./testing.ts";

const requested = JobRequested.payload.parse(JobRequested.example);
const canceled = JobCancelRequested.payload.parse(JobCancelRequested.example);
const when = { correlationId: requested.jobId, occurredAt: requested.requestedAt };
const request = announce(JobRequested, requested, when);
const cancellation = announce(JobCancelRequested, canceled, when);
const hears = [JobRequested, JobCancelRequested] as const;

function listen(ports: Partial<HearPorts<typeof hears>>) {
  const published: Announcement[][] = [];
  const dead: { id: string; reason: string }[] = [];
  const delays: { id: string; afterSeconds: number }[] = [];
  const lines: DeliveryLine[] = [];
  const handler = hear<typeof hears>({
    hears,
    handle: each(async () => nothingToAnnounce),
    publish: async (announcements) => void published.push([...announcements]),
    deadLetter: async ({ messageId }, reason) => void dead.push({ id: messageId, reason }),
    retryLater: async ({ messageId }, afterSeconds) => void delays.push({ id: messageId, afterSeconds }),
    log: (line) => lines.push(line),
    ...ports,
  });
  return { handler, published, dead, delays, lines };
}

test("all that a batch announces goes out together, and nothing comes again", async () => {
  const { handler, published, lines } = listen({ handle: each(async () => ({ announce: [cancellation] })) });
  const answer = await handler(sqsBatch([delivery(request), delivery(cancellation)]));
  expect(answer).toEqual({ batchItemFailures: [] });
  expect(published).toEqual([[cancellation, cancellation]]);
  expect(lines.map(({ type, outcome }) => [type, outcome])).toEqual([
    ["JobRequested", "heard"],
    ["JobCancelRequested", "heard"],
  ]);
});

test("what is to be done afterwards waits for the bus", async () => {
  const order: string[] = [];
  const { handler } = listen({
    handle: each(async () => ({ announce: [cancellation], afterwards: async () => void order.push("marked") })),
    publish: async () => void order.push("published"),
  });
  await handler(sqsBatch([delivery(request)]));
  expect(order).toEqual(["published", "marked"]);
});

test("an unreadable message goes to the dead letters with its reason, its batch-mates are heard", async () => {
  const { handler, dead, lines } = listen({});
  const answer = await handler(sqsBatch(["{", delivery(request)]));
  expect(answer).toEqual({ batchItemFailures: [] });
  expect(dead).toEqual([{ id: "m-0", reason: "not JSON" }]);
  expect(lines.map(({ outcome }) => outcome)).toEqual(["dead-lettered", "heard"]);
});

test("a message that cannot even be moved to the dead letters comes again", async () => {
  const { handler } = listen({ deadLetter: async () => Promise.reject(new Error("SQS is down")) });
  expect(await handler(sqsBatch(["{"]))).toEqual({ batchItemFailures: [{ itemIdentifier: "m-0" }] });
});

test("an event that fails alone comes back alone, after a while that grows with each receive", async () => {
  const { handler, delays } = listen({
    handle: each(async ({ name }) => (name === "JobRequested" ? Promise.reject(new Error("down")) : nothingToAnnounce)),
  });
  const answer = await handler(sqsBatch([delivery(request), delivery(cancellation)], 4));
  expect(answer).toEqual({ batchItemFailures: [{ itemIdentifier: "m-0" }] });
  expect(delays).toEqual([{ id: "m-0", afterSeconds: 8 }]);
});

test("a handler says itself when to come again, or that it never helps", async () => {
  const { handler, delays, dead } = listen({
    handle: each(async ({ name }) => {
      throw name === "JobRequested"
        ? new RetryLater("throttled", { afterSeconds: 30 })
        : new Permanent("refused upstream");
    }),
  });
  await handler(sqsBatch([delivery(request), delivery(cancellation)]));
  expect(delays).toEqual([{ id: "m-0", afterSeconds: 30 }]);
  expect(dead).toEqual([{ id: "m-1", reason: "refused upstream" }]);
});

test("when a batch fails together, each event gets its own chance", async () => {
  const sizes: number[] = [];
  const { handler, dead } = listen({
    handle: async (events) => {
      sizes.push(events.length);
      if (events.some(({ name }) => name === "JobRequested")) throw new Permanent("poison");
      return events.map(() => nothingToAnnounce);
    },
  });
  const answer = await handler(sqsBatch([delivery(request), delivery(cancellation)]));
  expect(sizes).toEqual([2, 1, 1]);
  expect(answer).toEqual({ batchItemFailures: [] });
  expect(dead).toEqual([{ id: "m-0", reason: "poison" }]);
});

test("when the bus is down, exactly the messages with announcements come again", async () => {
  const { handler } = listen({
    handle: each(async ({ name }) => (name === "JobRequested" ? { announce: [cancellation] } : nothingToAnnounce)),
    publish: async (announcements) => {
      if (announcements.length > 0) throw new Error("the bus is down");
    },
  });
  const answer = await handler(sqsBatch([delivery(request), delivery(cancellation)]));
  expect(answer).toEqual({ batchItemFailures: [{ itemIdentifier: "m-0" }] });
});

test("the queue's own visibility timeout is the way back when the delay cannot be set", async () => {
  const { handler } = listen({
    handle: each(async () => Promise.reject(new Error("down"))),
    retryLater: async () => Promise.reject(new Error("SQS is down too")),
  });
  expect(await handler(sqsBatch([delivery(request)]))).toEqual({ batchItemFailures: [{ itemIdentifier: "m-0" }] });
});

test("no line quotes a body", async () => {
  const { handler, lines } = listen({});
  await handler(sqsBatch([delivery(request), "A beautiful sunset"]));
  expect(JSON.stringify(lines)).not.toContain("sunset");
});

test("back-off doubles up to five minutes", () => {
  expect([1, 2, 3, 9, 10, 30].map(backoffSeconds)).toEqual([1, 2, 4, 256, 300, 300]);
});

test("each event is handed over with how often its message has come, past the unreadable ones", async () => {
  const counts: number[] = [];
  const { handler } = listen({
    handle: each(async (_event, receiveCount) => {
      counts.push(receiveCount);
      return nothingToAnnounce;
    }),
  });
  const batch = sqsBatch(["{", delivery(request)]);
  await handler({ Records: [...batch.Records, ...sqsBatch([delivery(cancellation)], 3).Records] });
  expect(counts).toEqual([1, 3]);
});
