import type { JobId } from "@vsl/events";

/** The last digit of an id is random, so that a day's jobs spread over 16 partitions. */
const shards = [..."0123456789abcdef"];

const dayOf = (ms: number) => new Date(ms).toISOString().slice(0, 10);
const partition = (day: string, shard: string) => `JOBS#${day}#${shard}`;

/** A job's id says when it was made and with that where its row is: the jobs of any minute are found without an index. */
export const jobKey = (jobId: JobId) => ({
  pk: partition(dayOf(Number.parseInt(jobId.slice(0, 8) + jobId.slice(9, 13), 16)), jobId.slice(-1)),
  sk: jobId,
});

/** A row that is alone in its partition. */
export const singleKey = (pk: string) => ({ pk, sk: "-" });

interface Stretch {
  pk: string;
  /** Ids that are not less. */
  from: string;
  /** Ids that are less. */
  before: string;
}

/** Where the jobs are that were made from one time until just before another, in milliseconds. */
export function stretchesBetween(from: number, before: number): Stretch[] {
  const days = new Set<string>();
  for (let ms = from; ms < before; ms += dayMs) days.add(dayOf(ms));
  if (from < before) days.add(dayOf(before));
  const range = { from: idPrefix(from), before: idPrefix(before) };
  return [...days].flatMap((day) => shards.map((shard) => ({ pk: partition(day, shard), ...range })));
}

const dayMs = 86_400_000;

/** Sorts before every id of its millisecond. */
function idPrefix(ms: number): string {
  const time = Math.floor(ms).toString(16).padStart(12, "0");
  return `${time.slice(0, 8)}-${time.slice(8)}`;
}
