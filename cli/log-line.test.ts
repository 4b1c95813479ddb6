import { stripVTControlCharacters } from "node:util";
import { describe, expect, it } from "vitest";
import { parseLogLine, renderLogLine } from "./log-line.ts";

const render = (raw: string) => stripVTControlCharacters(renderLogLine(parseLogLine(raw)));
const at = new Date(2026, 2, 4, 9, 5, 7, 42).toISOString();

describe("a line of a log", () => {
  it("becomes one line with its time, level, message and fields", () => {
    const raw = JSON.stringify({
      level: "INFO",
      message: "delivery",
      timestamp: at,
      service: "intake",
      sampling_rate: 0,
      type: "JobCharged",
      ms: 10,
      outcome: "already done",
    });
    expect(render(raw)).toBe('09:05:07.042 INFO  delivery type=JobCharged ms=10 outcome="already done"');
  });

  it("tells an error by its name and message", () => {
    const raw = JSON.stringify({
      level: "ERROR",
      message: "no",
      timestamp: at,
      error: { name: "TypeError", message: "x is", stack: "…" },
    });
    expect(render(raw)).toBe('09:05:07.042 ERROR no error="TypeError: x is"');
  });

  it.each([
    [
      "platform.report",
      { functionName: "sweep", status: "timeout", trace: ["at x"] },
      "ERROR invocation failed functionName=sweep status=timeout",
    ],
    ["platform.exit", { pid: 7, signal: "SIGKILL" }, "WARN  process ended pid=7 signal=SIGKILL"],
    ["platform.initReport", { status: "success", pid: 7 }, "INFO  process started status=success pid=7"],
    [
      "platform.initReport",
      { status: "error", metrics: { durationMs: 3 }, errors: [{ handler: "a.b", error: { errorMessage: "no" } }] },
      "ERROR handlers cannot be loaded status=error durationMs=3 a.b=no",
    ],
  ])("tells what the platform says of it: %s", (type, record, expected) => {
    expect(render(JSON.stringify({ time: at, type, record }))).toBe(`09:05:07.042 ${expected}`);
  });

  it.each(["    at main (file.ts:1:1)", "[1,2]", "{not json", ""])("that is not ours stays as it is: %j", (raw) => {
    expect(render(raw)).toBe(raw);
  });
});
