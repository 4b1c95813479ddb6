import { expect, test } from "vitest";
import { announce } from "./announce.ts";
import { JobRequested } from "./intake-events.ts";
import { previewReplay } from "./preview.ts";
import { delivery } from "./testing.ts";

const payload = JobRequested.payload.parse(JobRequested.example);
const requested = delivery(announce(JobRequested, payload, { correlationId: "c", occurredAt: payload.requestedAt }));

test("the service sees what it could read, and the caller what it could not", async () => {
  const seen: string[] = [];
  const handler = previewReplay({
    hears: [JobRequested],
    preview: async (events) => {
      seen.push(...events.map(({ name }) => name));
      return [{ table: "jobs", key: payload.jobId, change: "added" }];
    },
  });
  expect(await handler({ bodies: ["{", requested] })).toEqual({
    rows: [{ table: "jobs", key: payload.jobId, change: "added" }],
    unreadable: [{ index: 0, reason: "not JSON" }],
  });
  expect(seen).toEqual(["JobRequested"]);
});

test("a service that cannot tell fails, instead of telling nothing", async () => {
  const handler = previewReplay({
    hears: [JobRequested],
    preview: () => Promise.reject(new Error("Postgres is away")),
  });
  await expect(handler({ bodies: [requested] })).rejects.toThrow("Postgres is away");
  await expect(handler({})).rejects.toThrow();
});
