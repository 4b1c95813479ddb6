import type { JobId, Publish } from "@vsl/events";
import type { Heard } from "@vsl/events/hear";
import { inParallel } from "./in-parallel.ts";
import { type Log, reasonOf } from "./log.ts";
import { settle } from "./settle.ts";

export interface WorkPorts {
  publish: Publish;
  log: Log;
}

const atOnce = 8;

/** Moves each record on by itself and announces what came of it at once; one that fails is logged and due again later. */
export async function workThrough<Record extends { jobId: JobId }>(
  { publish, log }: WorkPorts,
  records: readonly Record[],
  moveOn: (record: Record) => Promise<Heard>,
): Promise<{ done: number }> {
  const results = await inParallel(records, atOnce, async (record) => settle(publish, [await moveOn(record)]));
  for (const [index, result] of results.entries()) {
    if (result.status === "fulfilled") continue;
    log({ level: "WARN", message: "left for later", jobId: records[index]?.jobId, error: reasonOf(result.reason) });
  }
  return { done: results.filter(({ status }) => status === "fulfilled").length };
}
