import { route } from "../../infra/api";
import { createConsumer } from "../../infra/consumer";
import { physicalName } from "../../infra/names";
import { allow } from "../../infra/permissions";
import type { Platform } from "../../infra/platform";
import { upstream } from "../../infra/upstream";
import { hears } from "./src/hears";

export default function storage(platform: Platform): void {
  const media = new sst.aws.Bucket("Media", {
    enforceHttps: true,
    cors: false,
    transform: { bucket: { bucket: physicalName("media") } },
  });
  new aws.s3.BucketLifecycleConfiguration("MediaLifecycle", {
    bucket: media.name,
    rules: [
      {
        id: "abort-stale-uploads",
        status: "Enabled",
        filter: { prefix: "" },
        abortIncompleteMultipartUpload: { daysAfterInitiation: 1 },
      },
    ],
  });
  const objects = $interpolate`${media.arn}/*`;

  const consumer = createConsumer(platform, {
    name: "Storage",
    service: "storage",
    // The outputs of a replayed event are long gone upstream, and already here.
    rules: { Hears: { hears, replays: "never" } },
    timeoutSeconds: 120,
    batchSize: 5,
    maximumConcurrency: 10,
    maxReceiveCount: 30,
  });
  consumer.subscribe({
    name: physicalName("storage-events"),
    handler: "services/storage/src/on-events.handler",
    memory: "1024 MB",
    link: [platform.bus.link, media, upstream(), ...consumer.links],
    permissions: [
      allow(["s3:PutObject", "s3:GetObject", "s3:AbortMultipartUpload"], objects),
      allow(["s3:ListBucket"], media.arn),
      allow(["events:PutEvents", "events:DescribeEventBus"], platform.bus.arn),
      ...consumer.permissions,
    ],
  });

  const http = new sst.aws.Function("StorageHttp", {
    name: physicalName("storage-http"),
    handler: "services/storage/src/on-http.handler",
    timeout: "10 seconds",
    link: [media, platform.mediaLinkSecret.link],
    permissions: [
      allow(["s3:GetObject"], objects),
      // Without it S3 answers 403, not 404, for an object that is not there.
      allow(["s3:ListBucket"], media.arn),
    ],
  });
  route(platform, "Storage", ["GET /media/{jobId}/{file}"], http);
}
