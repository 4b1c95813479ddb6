import { Logger } from "@aws-lambda-powertools/logger";
import { EventBridgeClient } from "@aws-sdk/client-eventbridge";
import { S3Client } from "@aws-sdk/client-s3";
import { SQSClient } from "@aws-sdk/client-sqs";
import { each, hear } from "@vsl/events/hear";
import { createPublisher } from "@vsl/events/publish";
import { createQueuePorts } from "@vsl/events/queue";
import type { Context, SQSEvent } from "aws-lambda";
import { Resource } from "sst";
import * as z from "zod";
import { createHttpOutputs } from "./adapters/http-outputs.ts";
import { createS3Media } from "./adapters/s3-media.ts";
import { createS3Verdicts } from "./adapters/s3-verdicts.ts";
import { hears } from "./hears.ts";
import { parseOutputHosts } from "./output-hosts.ts";
import { storeMedia } from "./store-media.ts";
import { tellLosses } from "./tell-losses.ts";
import { createTurns } from "./turns.ts";

const links = z
  .object({
    Bus: z.object({ name: z.string().min(1) }),
    Media: z.object({ name: z.string().min(1) }),
    Replicate: z.object({ outputHosts: z.string().min(1) }),
    StorageDeadLetters: z.object({ url: z.url() }),
    StorageQueue: z.object({ url: z.url() }),
  })
  .parse(Resource);

const { VSL_OUTPUT_MAX_BYTES: maxBytes } = z
  .object({
    VSL_OUTPUT_MAX_BYTES: z.coerce
      .number()
      .int()
      .positive()
      .default(5 * 1024 ** 3),
  })
  .parse(process.env);

/** Outputs that are copied at once by one process; each holds at most some 40 MiB. */
const outputsAtOnce = 6;
/** Kept free at the end of an invocation, to end uploads, save verdicts and announce. */
const closingMs = 10_000;

const logger = new Logger({ serviceName: "storage" });
const bucket = {
  client: new S3Client({ requestHandler: { connectionTimeout: 5_000, socketTimeout: 30_000 } }),
  bucket: links.Media.name,
};
const openOutput = createHttpOutputs({ hosts: parseOutputHosts(links.Replicate.outputHosts), maxBytes });
const publish = tellLosses({
  publish: createPublisher({ client: new EventBridgeClient({}), busName: links.Bus.name }),
  warn: (message, facts) => logger.warn(message, facts),
});
const ports = {
  ...createS3Media(bucket),
  ...createS3Verdicts(bucket),
  publish,
  inTurn: createTurns(outputsAtOnce),
  now: Date.now,
};
const queue = createQueuePorts({
  client: new SQSClient({}),
  queueUrl: links.StorageQueue.url,
  deadLetterUrl: links.StorageDeadLetters.url,
});

export function handler(batch: SQSEvent, context: Pick<Context, "getRemainingTimeInMillis">) {
  const giveUpAt = Date.now() + context.getRemainingTimeInMillis() - closingMs;
  const forThisInvocation = { ...ports, giveUpAt, openOutput: (url: string) => openOutput(url, giveUpAt) };
  return hear({
    hears,
    handle: each((event, receiveCount) => storeMedia(forThisInvocation, event, receiveCount)),
    publish,
    ...queue,
    log: ({ level, message, ms, ...line }) => {
      const fields = { ...line, processingTime: ms };
      if (level === "ERROR") logger.error(message, fields);
      else if (level === "WARN") logger.warn(message, fields);
      else logger.info(message, fields);
    },
  })(batch);
}
