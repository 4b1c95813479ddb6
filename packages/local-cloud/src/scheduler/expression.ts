import { nextCronTime } from "./cron.ts";
import { openZone, type Zone } from "./zoned-time.ts";

const unitMs = { minute: 60_000, hour: 3_600_000, day: 86_400_000 };

/** When a schedule runs next: a function of the last time, or of the start, in epoch milliseconds. */
export type NextTime = (after: number) => number | undefined;

/** EventBridge Scheduler's `rate(5 minutes)`, and in a time zone `cron(0 10 * * ? *)` and `at(2026-01-01T00:00:00)`. */
export function parseExpression(expression: string, timezone = "UTC"): NextTime {
  const zone = openZone(timezone);
  const [, kind, argument = ""] = /^(rate|cron|at)\((.*)\)$/.exec(expression) ?? [];
  switch (kind) {
    case "rate": {
      const period = parseRate(argument);
      return (after) => after + period;
    }
    case "cron":
      nextCronTime(argument, 0);
      return (after) => nextInZone(argument, after, zone);
    case "at": {
      const wall = Date.parse(`${argument}Z`);
      if (Number.isNaN(wall)) break;
      const at = zone.fromWall(wall);
      return (after) => (at !== undefined && at > after ? at : undefined);
    }
  }
  throw new Error(`"${expression}" is not a schedule: use rate(…), cron(…) or at(…).`);
}

/** As Scheduler does: an hour that spring skips is skipped, and one that autumn repeats counts once. */
function nextInZone(fields: string, after: number, zone: Zone): number | undefined {
  let wall = nextCronTime(fields, zone.toWall(after));
  while (wall !== undefined) {
    const at = zone.fromWall(wall);
    if (at !== undefined && at > after) return at;
    wall = nextCronTime(fields, wall);
  }
  return undefined;
}

function parseRate(argument: string): number {
  const [, value = "", unit] = /^([1-9]\d*) (minute|hour|day)s?$/.exec(argument) ?? [];
  if (unit === "minute" || unit === "hour" || unit === "day") return Number(value) * unitMs[unit];
  throw new Error(`"rate(${argument})" is not a rate: use a number of minutes, hours or days.`);
}
