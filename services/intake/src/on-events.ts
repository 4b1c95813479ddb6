import { Logger } from "@aws-lambda-powertools/logger";
import { SQSClient } from "@aws-sdk/client-sqs";
import { hear } from "@vsl/events/hear";
import { createQueuePorts } from "@vsl/events/queue";
import type { SQSEvent } from "aws-lambda";
import { Resource } from "sst";
import * as z from "zod";
import { createCloudWatchClient, createMetrics } from "./adapters/cloudwatch-metrics.ts";
import { createDocumentClient } from "./adapters/dynamo-client.ts";
import { createJobTable } from "./adapters/dynamo-jobs.ts";
import { cacheLinkSchema, connectRedis } from "./adapters/redis-connection.ts";
import { createStatusCache } from "./adapters/redis-status-cache.ts";
import { hears } from "./hears.ts";
import { measurementsOf, type Progress } from "./metrics.ts";
import { recordEvents } from "./record-facts.ts";

const links = z
  .object({
    App: z.object({ stage: z.string() }),
    Cache: cacheLinkSchema,
    IntakeDeadLetters: z.object({ url: z.url() }),
    IntakeQueue: z.object({ url: z.url() }),
    RealtimeJobs: z.object({ name: z.string() }),
  })
  .parse(Resource);

const logger = new Logger({ serviceName: "intake" });
const warn = (message: string) => (error: unknown) =>
  logger.warn(message, { error: error instanceof Error ? error.name : "unknown" });

const jobs = createJobTable({ client: createDocumentClient(), tableName: links.RealtimeJobs.name });
const cache = createStatusCache(connectRedis(links.Cache, warn("Redis is left aside for a second")));
const metrics = createMetrics({
  client: createCloudWatchClient(),
  stage: links.App.stage,
  report: warn("metrics were lost"),
});

let hasEnded = false;

const ports = {
  ...jobs,
  ...cache,
  countProgress: (progress: Progress) => {
    metrics.measure(measurementsOf(progress));
    const { news, state: status, ...job } = progress;
    if (!news.includes("ending")) return;
    hasEnded = true;
    logger.info("job ended", { status, ...job });
  },
};

const hearBatch = hear({
  hears,
  handle: (events) => recordEvents(ports, events),
  // Nothing that is heard here leads to an announcement, and the function has no permission to make one.
  publish: async () => {},
  ...createQueuePorts({
    // A queue's URL names SQS's IPv4 endpoint, which the network does not reach.
    client: new SQSClient({ useQueueUrlAsEndpoint: false }),
    queueUrl: links.IntakeQueue.url,
    deadLetterUrl: links.IntakeDeadLetters.url,
  }),
  log: ({ level, message, ...line }) => {
    if (level === "ERROR") logger.error(message, line);
    else if (level === "WARN") logger.warn(message, line);
    else logger.info(message, line);
  },
});

/**
 * Nobody waits for this function, so it may wait for its metrics: a frozen process would keep them to itself. A job that ended is
 * told at once; that one has started waits a while for that, since CloudWatch bills by the call.
 */
export const handler = async (batch: SQSEvent) => {
  const answer = await hearBatch(batch);
  if (hasEnded || metrics.isOverdue()) {
    hasEnded = false;
    await metrics.flush();
  }
  return answer;
};
