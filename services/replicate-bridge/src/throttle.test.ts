import { expect, it } from "vitest";
import { startOfTest } from "../test/examples.ts";
import { retryAfterSeconds } from "./throttle.ts";

const sentence = "Request was throttled. Your rate limit resets in ~7s.";
const wait = (header: string | null, body: unknown) => retryAfterSeconds({ header, body, now: startOfTest });

it("waits as long as the header says, in seconds or as a date", () => {
  expect(wait("3", { retry_after: 5 })).toBe(3);
  expect(wait(new Date(startOfTest + 20_000).toUTCString(), null)).toBe(20);
});

it("reads the body's number, then its sentence, when there is no header", () => {
  expect(wait(null, { retry_after: 5, detail: sentence })).toBe(5);
  expect(wait(null, { detail: sentence })).toBe(7);
  expect(wait("soon", { retry_after: "5", detail: sentence })).toBe(7);
});

it("waits thirty seconds when upstream does not say, never less than one, never more than an hour", () => {
  expect(wait(null, null)).toBe(30);
  expect(wait("0", null)).toBe(1);
  expect(wait("86400", null)).toBe(3600);
});
