import { nextCronTime } from "./cron.ts";

const unitMs = { minute: 60_000, hour: 3_600_000, day: 86_400_000 };

/** When a schedule runs next: a function of the last time, or of the start, in epoch milliseconds. */
export type NextTime = (after: number) => number | undefined;

/** EventBridge Scheduler's `rate(5 minutes)`, `cron(0 10 * * ? *)` (UTC) and `at(2026-01-01T00:00:00)` (UTC). */
export function parseExpression(expression: string): NextTime {
  const [, kind, argument = ""] = /^(rate|cron|at)\((.*)\)$/.exec(expression) ?? [];
  switch (kind) {
    case "rate": {
      const period = parseRate(argument);
      return (after) => after + period;
    }
    case "cron":
      nextCronTime(argument, 0);
      return (after) => nextCronTime(argument, after);
    case "at": {
      const at = Date.parse(`${argument}Z`);
      if (Number.isNaN(at)) break;
      return (after) => (at > after ? at : undefined);
    }
  }
  throw new Error(`"${expression}" is not a schedule: use rate(…), cron(…) or at(…).`);
}

function parseRate(argument: string): number {
  const [, value = "", unit] = /^([1-9]\d*) (minute|hour|day)s?$/.exec(argument) ?? [];
  if (unit === "minute" || unit === "hour" || unit === "day") return Number(value) * unitMs[unit];
  throw new Error(`"rate(${argument})" is not a rate: use a number of minutes, hours or days.`);
}
