import { Logger } from "@aws-lambda-powertools/logger";
import { handle } from "hono/aws-lambda";
import { Resource } from "sst";
import * as z from "zod";
import { createCloudWatchClient, createMetrics } from "./adapters/cloudwatch-metrics.ts";
import { createAnswerTable } from "./adapters/dynamo-answers.ts";
import { createKeyTable } from "./adapters/dynamo-api-keys.ts";
import { createDocumentClient } from "./adapters/dynamo-client.ts";
import { createJobTable } from "./adapters/dynamo-jobs.ts";
import { createBus } from "./adapters/eventbridge-bus.ts";
import { createClaims } from "./adapters/redis-claims.ts";
import { cacheLinkSchema, connectRedis } from "./adapters/redis-connection.ts";
import { createRateLimit } from "./adapters/redis-rate-limit.ts";
import { createStatusCache } from "./adapters/redis-status-cache.ts";
import { anybody, byApiKey } from "./caller.ts";
import { cancelJob } from "./cancel-job.ts";
import { createApp } from "./http-app.ts";
import { cacheRead } from "./metrics.ts";
import { readJob } from "./read-job.ts";
import { requestJob } from "./request-job.ts";

const links = z
  .object({
    App: z.object({ stage: z.string() }),
    Access: z.object({ mode: z.enum(["open", "keys"]) }),
    Api: z.object({ url: z.url() }),
    Bus: z.object({ name: z.string() }),
    Cache: cacheLinkSchema,
    MediaLinkSecret: z.object({ value: z.string().min(16) }),
    RealtimeJobs: z.object({ name: z.string() }),
  })
  .parse(Resource);

const logger = new Logger({ serviceName: "intake" });
const warn = (message: string) => (error: unknown) => logger.warn(message, { error: nameOf(error) });
const nameOf = (error: unknown) => (error instanceof Error ? error.name : "unknown");

const table = { client: createDocumentClient(), tableName: links.RealtimeJobs.name };
const jobs = createJobTable(table);
const answers = createAnswerTable(table);
const keys = createKeyTable(table);
const redis = connectRedis(links.Cache, warn("Redis is left aside for a second"));
const cache = createStatusCache(redis);
const claimKey = createClaims(redis);
const rateLimit = createRateLimit(redis);
const publish = createBus({ busName: links.Bus.name });
const metrics = createMetrics({
  client: createCloudWatchClient(),
  stage: links.App.stage,
  report: warn("metrics were lost"),
  // A rate is as true of samples.
  restMs: 600_000,
});

const app = createApp({
  apiUrl: links.Api.url.replace(/\/+$/, ""),
  mediaLinkSecret: links.MediaLinkSecret.value,
  authenticate:
    links.Access.mode === "open"
      ? anybody
      : byApiKey({
          findKey: keys.findKey,
          noteUse: (keyHash, usedAt) => {
            keys.noteUse(keyHash, usedAt).catch(warn("a key's last use was not noted"));
          },
        }),
  requestJob: (request) =>
    requestJob(
      {
        findAnswer: answers.findAnswer,
        claimKey,
        ...rateLimit,
        saveJob: async (job, idempotency) => {
          if (idempotency) return answers.putJobAndAnswer(job, idempotency);
          await jobs.putJob(job);
          return "saved";
        },
        publish,
        reportUnannounced: ({ jobId }, error) =>
          logger.warn("a job waits for the sweeper to be announced", { jobId, error: nameOf(error) }),
      },
      request,
    ),
  readJob: (asked) =>
    readJob({ ...jobs, ...cache, countCacheRead: (outcome) => metrics.measure([cacheRead(outcome)]) }, asked),
  cancelJob: (asked) => cancelJob({ ...jobs, ...cache, publish }, asked),
  log: ({ level, message, ...line }) => (level === "ERROR" ? logger.error(message, line) : logger.info(message, line)),
});

export const handler = handle(app);
