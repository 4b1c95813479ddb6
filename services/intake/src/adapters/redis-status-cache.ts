import type { JobId } from "@vsl/events";
import * as z from "zod";
import { type Job, jobSchema, versionOf } from "../job.ts";
import type { RedisConnection } from "./redis-connection.ts";

/** A running job changes soon, and a write that missed the cache must not be missed for long. */
const runningMs = 10_000;
/** Nothing more is expected of a job that has ended and was charged. */
const settledMs = 60 * 60 * 1000;

const keyOf = (jobId: JobId) => `job:status:${jobId}`;

const entrySchema = z.object({ version: z.int(), job: jobSchema });

/** Keeps the entry that knows more, whoever writes last. */
const setIfNewer = `
local kept = redis.call('GET', KEYS[1])
if kept and cjson.decode(kept).version >= tonumber(ARGV[1]) then return 0 end
redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
return 1`;

/** The status cache `job:status:{jobId}`. The table always wins; unknown jobs are never cached. */
export function createStatusCache({ ask }: Pick<RedisConnection, "ask">) {
  return {
    async findCachedJob(jobId: JobId): Promise<Job | null> {
      const text = await ask(
        (redis) => redis.get(keyOf(jobId)),
        () => null,
      );
      return text === null ? null : readEntry(text);
    },

    async cacheJob(job: Job): Promise<void> {
      const version = versionOf(job);
      const isSettled = job.ending !== undefined && job.charge !== undefined;
      const ttlMs = isSettled ? settledMs : runningMs;
      await ask<unknown>(
        (redis) =>
          redis.eval(setIfNewer, 1, keyOf(job.request.jobId), version, JSON.stringify({ version, job }), ttlMs),
        () => null,
      );
    },
  };
}

/** An entry that another release wrote, or anybody else, is as good as none. */
function readEntry(text: string): Job | null {
  try {
    return entrySchema.parse(JSON.parse(text)).job;
  } catch {
    return null;
  }
}
