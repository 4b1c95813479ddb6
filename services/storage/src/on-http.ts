import { Logger } from "@aws-lambda-powertools/logger";
import { S3Client } from "@aws-sdk/client-s3";
import { Resource } from "sst";
import * as z from "zod";
import { createS3Links } from "./adapters/s3-links.ts";
import { answerMediaRequest } from "./answer-media-request.ts";
import { openMediaLink } from "./open-media-link.ts";

const links = z
  .object({
    Media: z.object({ name: z.string().min(1) }),
    MediaLinkSecret: z.object({ value: z.string().min(16) }),
  })
  .parse(Resource);

const logger = new Logger({ serviceName: "storage" });
const client = new S3Client({ requestHandler: { connectionTimeout: 2_000, socketTimeout: 5_000 } });
const ports = {
  ...createS3Links({ client, bucket: links.Media.name }),
  mediaLinkSecret: links.MediaLinkSecret.value,
  now: Date.now,
};

export const handler = answerMediaRequest({
  openMediaLink: (request) => openMediaLink(ports, request),
  log: ({ level, message, ...line }) => (level === "ERROR" ? logger.error(message, line) : logger.info(message, line)),
});
