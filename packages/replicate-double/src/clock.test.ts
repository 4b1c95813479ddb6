import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createClock } from "./clock.ts";

beforeEach(() => {
  vi.useFakeTimers({ now: 1_000_000 });
});
afterEach(() => {
  vi.useRealTimers();
});

const start = () => createClock({ wallNow: Date.now, movedSeconds: 0 });

test("runs a task when its time has come, and tells it the time it was due", () => {
  const clock = start();
  const ran: number[] = [];
  clock.at(1_005_000, (dueAt) => ran.push(dueAt));
  vi.advanceTimersByTime(4_999);
  expect(ran).toEqual([]);
  vi.advanceTimersByTime(1);
  expect(ran).toEqual([1_005_000]);
});

test("moving it on runs what has become due, in the order of the times", () => {
  const clock = start();
  const ran: string[] = [];
  clock.at(1_050_000, () => ran.push("later"));
  clock.at(1_010_000, () => {
    ran.push("sooner");
    clock.at(1_020_000, () => ran.push("what follows from it"));
  });
  clock.at(1_070_000, () => ran.push("not yet"));
  clock.advance(60);
  vi.advanceTimersByTime(2);
  expect(ran).toEqual(["sooner", "later", "what follows from it"]);
  expect(clock.now() - clock.wallNow()).toBe(60_000);
});

test("a time that no timer can hold does not come at once", () => {
  const clock = start();
  const ran: number[] = [];
  clock.at(1_000_000 + 40 * 86_400_000, (dueAt) => ran.push(dueAt));
  vi.advanceTimersByTime(30 * 86_400_000);
  expect(ran).toEqual([]);
  vi.advanceTimersByTime(10 * 86_400_000);
  expect(ran).toHaveLength(1);
});

test("a stopped clock runs nothing more", () => {
  const clock = start();
  const ran: number[] = [];
  clock.at(1_001_000, (dueAt) => ran.push(dueAt));
  clock.stop();
  clock.at(1_001_000, (dueAt) => ran.push(dueAt));
  vi.advanceTimersByTime(10_000);
  expect(ran).toEqual([]);
});
