import { expect, test } from "vitest";
import * as z from "zod";
import { announce } from "./announce.ts";
import { catalogue } from "./catalogue.ts";
import { defineEvent } from "./define-event.ts";
import { parseDelivery } from "./delivered.ts";
import { Permanent } from "./errors.ts";
import { JobCancelRequested, JobRequested } from "./intake-events.ts";
import { delivery } from "./testing.ts";

const payload = JobRequested.payload.parse(JobRequested.example);
const announced = announce(JobRequested, payload, { correlationId: "c-1", occurredAt: "2026-11-20T10:30:00.000Z" });

test("a delivery is parsed against its own type", () => {
  const event = parseDelivery([JobRequested, JobCancelRequested], delivery(announced));
  expect(event).toEqual({
    name: "JobRequested",
    id: announced.detail.id,
    correlationId: "c-1",
    occurredAt: "2026-11-20T10:30:00.000Z",
    payload,
    replayName: null,
  });
});

test("a switch over what is heard is exhaustive", () => {
  const event = parseDelivery([JobRequested, JobCancelRequested], delivery(announced));
  switch (event.name) {
    case "JobRequested":
      expect(event.payload.modelId).toBe("flux-schnell");
      break;
    case "JobCancelRequested":
      // @ts-expect-error a cancellation names no model
      expect(event.payload.modelId).toBeUndefined();
      break;
    default:
      event satisfies never;
  }
});

test("a replay says so", () => {
  expect(parseDelivery([JobRequested], delivery(announced, { "replay-name": "rebuild-1" })).replayName).toBe(
    "rebuild-1",
  );
});

test("unknown fields of a newer announcer are ignored", () => {
  const newer = { ...announced, detail: { ...announced.detail, payload: { ...payload, note: "new" }, trace: "x" } };
  expect(parseDelivery([JobRequested], delivery(newer)).payload).toEqual(payload);
});

test.each([
  ["not JSON", "{"],
  ["not an EventBridge event", "[]"],
  [
    "JobCancelRequested is not among the events heard here",
    delivery({ ...announced, detailType: "JobCancelRequested" }),
  ],
  ["JobRequested has no valid envelope: id", delivery({ ...announced, detail: { ...announced.detail, id: "1" } })],
  [
    "JobRequested v1 has no valid payload: modelId",
    delivery({ ...announced, detail: { ...announced.detail, payload: { ...payload, modelId: 1 } } }),
  ],
  ["JobRequested v2 is newer than v1", delivery({ ...announced, detail: { ...announced.detail, version: 2 } })],
])("unreadable for ever: %s", (reason, body) => {
  const parse = () => parseDelivery([JobRequested], body);
  expect(parse).toThrow(Permanent);
  expect(parse).toThrow(reason);
});

test("the reason never quotes a value, which could be a prompt", () => {
  const secret = {
    ...announced,
    detail: { ...announced.detail, payload: { ...payload, mediaType: "a secret prompt" } },
  };
  expect(() => parseDelivery([JobRequested], delivery(secret))).toThrow(/^((?!secret).)*$/);
});

test("an old version is brought up step by step", () => {
  const Renamed = defineEvent({
    name: "JobRequested",
    version: 3,
    announcedBy: "intake",
    states: "test",
    payload: z.object({ total: z.number() }),
    key: ({ total }) => String(total),
    example: { total: 1 },
    upcasters: {
      1: (old) => ({ sum: z.object({ amount: z.number() }).parse(old).amount }),
      2: (old) => ({ total: z.object({ sum: z.number() }).parse(old).sum * 100 }),
    },
  });
  const old = { ...announced, detail: { ...announced.detail, version: 1, payload: { amount: 7 } } };
  expect(parseDelivery([Renamed], delivery(old)).payload).toEqual({ total: 700 });
});

test("a version without the way to it cannot be defined", () => {
  const define = () => defineEvent({ ...JobRequested, version: 2, upcasters: {} });
  expect(define).toThrow("JobRequested v2 has no upcaster from v1");
});

test.each(catalogue.map((event) => [event.name, event] as const))(
  "the example of %s is valid and carries no URL of ours",
  (_, event) => {
    expect(event.payload.safeParse(event.example).error).toBeUndefined();
    expect(JSON.stringify(event.example)).not.toMatch(/X-Amz-|signature=/i);
  },
);
