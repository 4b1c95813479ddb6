/**
 * A time zone's wall clock. Wall times are written as if they were UTC, in milliseconds, so that cron expressions need to know of
 * no zone.
 */
export interface Zone {
  toWall(epochMs: number): number;
  /** The first moment at which the wall clock shows this; undefined for an hour that is skipped in spring. */
  fromWall(wallMs: number): number | undefined;
}

const dayMs = 86_400_000;

/** Throws for what is not an IANA time zone. */
export function openZone(timezone: string): Zone {
  if (timezone === "UTC") return { toWall: (epochMs) => epochMs, fromWall: (wallMs) => wallMs };
  const format = formatOf(timezone);

  function toWall(epochMs: number): number {
    const parts = Object.fromEntries(format.formatToParts(epochMs).map(({ type, value }) => [type, Number(value)]));
    const { year = 0, month = 1, day, hour, minute, second } = parts;
    return Date.UTC(year, month - 1, day, hour, minute, second) + (((epochMs % 1000) + 1000) % 1000);
  }

  const offsetAt = (epochMs: number) => toWall(epochMs) - epochMs;
  return {
    toWall,
    fromWall: (wallMs) =>
      // A zone changes its offset at most once in two days: one of the two is right, and in autumn both are.
      [wallMs - offsetAt(wallMs - dayMs), wallMs - offsetAt(wallMs + dayMs)]
        .toSorted((one, other) => one - other)
        .find((epochMs) => toWall(epochMs) === wallMs),
  };
}

function formatOf(timeZone: string): Intl.DateTimeFormat {
  try {
    return new Intl.DateTimeFormat("en-US", {
      timeZone,
      hourCycle: "h23",
      year: "numeric",
      month: "numeric",
      day: "numeric",
      hour: "numeric",
      minute: "numeric",
      second: "numeric",
    });
  } catch (cause) {
    throw new Error(`"${timeZone}" is not a time zone: use a name like Europe/Berlin.`, { cause });
  }
}
