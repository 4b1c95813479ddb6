import { expect, test } from "vitest";
import { bar, createProgress } from "./progress.ts";

test("a bar is as full as its fraction, and never fuller than full", () => {
  expect(bar(0)).toBe("[------------------------]   0 %");
  expect(bar(0.5)).toBe("[############------------]  50 %");
  expect(bar(7)).toBe("[########################] 100 %");
});

test("a terminal's line is written over; what follows begins a line", () => {
  const written: string[] = [];
  const progress = createProgress({ isTTY: true, write: (text) => written.push(text) });
  progress.show("one");
  progress.show("two");
  progress.end();
  progress.end();
  expect(written).toEqual(["\r\u001b[Kone", "\r\u001b[Ktwo", "\n"]);
});

test("a log gets a line every five seconds", () => {
  const written: string[] = [];
  let clock = 0;
  const progress = createProgress({ write: (text) => written.push(text) }, () => clock);
  for (clock of [0, 1_000, 5_000]) progress.show(`at ${clock}`);
  progress.end();
  expect(written).toEqual(["at 0\n", "at 5000\n"]);
});
