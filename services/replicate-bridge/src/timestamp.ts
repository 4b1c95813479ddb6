const pattern = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(?:\.(\d+))?(Z|[+-]\d\d:?\d\d)?$/;

/** Replicate writes timestamps with 0 to 9 fractional digits, sometimes without a zone; ours have exactly milliseconds. */
export function parseTimestamp(text: string): string | null {
  const [, date, time, fraction = "", zone = "Z"] = pattern.exec(text) ?? [];
  if (!date || !time) return null;
  const instant = new Date(`${date}T${time}.${fraction.padEnd(3, "0").slice(0, 3)}${zone}`);
  return Number.isNaN(instant.getTime()) ? null : instant.toISOString();
}

export const isoOf = (epochMs: number) => new Date(epochMs).toISOString();

export const msOf = (timestamp: string) => Date.parse(timestamp);
