import { expect, test } from "vitest";
import { announce, eventIdOf } from "./announce.ts";
import { jobIdSchema } from "./ids.ts";
import { JobCancelRequested, JobRequested } from "./intake-events.ts";
import { JobCharged } from "./ledger-events.ts";

const requested = JobRequested.payload.parse(JobRequested.example);
const when = { correlationId: requested.jobId, occurredAt: "2026-11-20T10:30:00.000Z" };

test("the same fact announced twice is the same announcement", () => {
  expect(announce(JobRequested, requested, when)).toEqual(announce(JobRequested, requested, when));
});

test("other facts have other ids: another name, another job, another revision", () => {
  const charged = JobCharged.payload.parse(JobCharged.example);
  const ids = [
    announce(JobRequested, requested, when),
    announce(JobCancelRequested, JobCancelRequested.payload.parse(JobCancelRequested.example), when),
    announce(JobRequested, { ...requested, jobId: jobIdSchema.parse("019a9f3c-5a00-7cc3-98c4-dc0c0c073990") }, when),
    announce(JobCharged, charged, when),
    announce(JobCharged, { ...charged, revision: 2 }, when),
  ].map(({ detail }) => detail.id);
  expect(new Set(ids).size).toBe(ids.length);
});

test("the id of a fact never changes: old archives and ledgers hold it", () => {
  expect(eventIdOf("JobRequested", "019a9f3c-5a00-7cc3-98c4-dc0c0c07398f")).toBe(
    "71a1c704-98ba-8963-bdea-2dba16a832ee",
  );
});

test("a payload that is not valid is never announced", () => {
  expect(() => announce(JobRequested, { ...requested, modelId: "" }, when)).toThrow();
});

test("a wrong payload does not compile", () => {
  // @ts-expect-error a plain string is no JobId
  expect(() => announce(JobRequested, { ...requested, jobId: "job-1" }, when)).toThrow();
  // @ts-expect-error the payload of another event
  expect(() => announce(JobCharged, requested, when)).toThrow();
  // @ts-expect-error an announcement without its fact's time
  expect(announce(JobRequested, requested, { correlationId: "c" }).detail.occurredAt).toBeUndefined();
});
