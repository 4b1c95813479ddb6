import { describe, expect, it } from "vitest";
import { parseExpression } from "./expression.ts";

const after = "2026-03-04T10:15:30Z"; // A Wednesday.

function timesOf(expression: string, count: number): string[] {
  const nextTime = parseExpression(expression);
  const times: string[] = [];
  for (let at = nextTime(Date.parse(after)); at !== undefined && times.length < count; at = nextTime(at)) {
    times.push(new Date(at).toISOString().replace(":00.000Z", ""));
  }
  return times;
}

describe("a schedule's expression", () => {
  it.each([
    ["rate(1 minute)", ["2026-03-04T10:16:30.000Z", "2026-03-04T10:17:30.000Z"]],
    ["rate(5 minutes)", ["2026-03-04T10:20:30.000Z", "2026-03-04T10:25:30.000Z"]],
    ["rate(2 hours)", ["2026-03-04T12:15:30.000Z", "2026-03-04T14:15:30.000Z"]],
    ["rate(1 day)", ["2026-03-05T10:15:30.000Z", "2026-03-06T10:15:30.000Z"]],
    ["cron(0 10 * * ? *)", ["2026-03-05T10:00", "2026-03-06T10:00"]],
    ["cron(15 12 * * ? *)", ["2026-03-04T12:15", "2026-03-05T12:15"]],
    ["cron(0 18 ? * MON-FRI *)", ["2026-03-04T18:00", "2026-03-05T18:00", "2026-03-06T18:00", "2026-03-09T18:00"]],
    ["cron(0 8 1 * ? *)", ["2026-04-01T08:00", "2026-05-01T08:00"]],
    ["cron(0/15 * * * ? *)", ["2026-03-04T10:30", "2026-03-04T10:45", "2026-03-04T11:00"]],
    ["cron(0/5 8-17 ? * MON-FRI *)", ["2026-03-04T10:20", "2026-03-04T10:25"]],
    ["cron(0 0 L * ? *)", ["2026-03-31T00:00", "2026-04-30T00:00"]],
    ["cron(0 0 ? * 6L *)", ["2026-03-27T00:00", "2026-04-24T00:00"]],
    ["cron(0 0 ? * TUE#2 *)", ["2026-03-10T00:00", "2026-04-14T00:00"]],
    ["cron(0 0 1W 8 ? 2026)", ["2026-08-03T00:00"]],
    ["cron(0 0 15W * ? *)", ["2026-03-16T00:00", "2026-04-15T00:00"]],
    ["cron(0 0 ? * FRI-MON *)", ["2026-03-06T00:00", "2026-03-07T00:00", "2026-03-08T00:00", "2026-03-09T00:00"]],
    ["cron(30 6,18 29 2 ? *)", ["2028-02-29T06:30", "2028-02-29T18:30", "2032-02-29T06:30"]],
    ["cron(0 0 1 1 ? 2020-2027)", ["2027-01-01T00:00"]],
    ["cron(0 0 31 2 ? *)", []],
    ["at(2026-03-04T11:00:00)", ["2026-03-04T11:00"]],
    ["at(2026-03-04T10:00:00)", []],
  ])("%s", (expression, expected) => {
    expect(timesOf(expression, expected.length === 1 ? 2 : expected.length || 1)).toEqual(expected);
  });

  it.each([
    "every minute",
    "rate(0 minutes)",
    "rate(30 seconds)",
    "cron(0 10 * * *)",
    "cron(0 10 * * * *)",
    "cron(60 10 * * ? *)",
    "cron(0 10 ? * FUN *)",
    "cron(0 10/0 * * ? *)",
    "at(tomorrow)",
  ])("refuses %s", (expression) => {
    expect(() => parseExpression(expression)).toThrow(/cron|rate|schedule/);
  });

  describe("in a time zone", () => {
    const timesIn = (timezone: string, expression: string, from: string, count: number) => {
      const nextTime = parseExpression(expression, timezone);
      const times: (string | undefined)[] = [];
      for (let at = nextTime(Date.parse(from)); at !== undefined && times.length < count; at = nextTime(at)) {
        times.push(new Date(at).toISOString().slice(0, 16));
      }
      return times;
    };

    it("follows the wall clock over the change to summer", () => {
      const times = timesIn("Europe/Berlin", "cron(0 9 * * ? *)", "2026-03-28T00:00:00Z", 3);
      expect(times).toEqual(["2026-03-28T08:00", "2026-03-29T07:00", "2026-03-30T07:00"]);
    });

    it("skips an hour that does not exist", () => {
      const times = timesIn("America/New_York", "cron(30 2 * * ? *)", "2026-03-07T00:00:00Z", 3);
      expect(times).toEqual(["2026-03-07T07:30", "2026-03-09T06:30", "2026-03-10T06:30"]);
    });

    it("runs once in an hour that comes twice", () => {
      const times = timesIn("America/New_York", "cron(30 1 * * ? *)", "2026-10-31T06:00:00Z", 3);
      expect(times).toEqual(["2026-11-01T05:30", "2026-11-02T06:30", "2026-11-03T06:30"]);
      expect(timesIn("America/New_York", "cron(30 1 * * ? *)", "2026-11-01T06:10:00Z", 1)).toEqual([
        "2026-11-02T06:30",
      ]);
    });

    it("reads at(…) there, and knows zones that are not whole hours off", () => {
      expect(timesIn("Asia/Kolkata", "at(2026-05-01T12:00:00)", "2026-03-07T00:00:00Z", 2)).toEqual([
        "2026-05-01T06:30",
      ]);
    });
  });
});
