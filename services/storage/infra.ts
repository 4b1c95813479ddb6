import { route } from "../../infra/api";
import { reserve } from "../../infra/concurrency";
import { createConsumer } from "../../infra/consumer";
import { isDeployedStage, physicalName } from "../../infra/names";
import { allow } from "../../infra/permissions";
import type { Platform } from "../../infra/platform";
import { beginsNoTrace } from "../../infra/tracing";
import { upstream } from "../../infra/upstream";
import { watched, watchService } from "../../infra/watch-service";
import { hears } from "./src/hears";

export default function storage(platform: Platform): void {
  // Names of buckets are taken or free in all of AWS: when ours is somebody else's, this names another.
  const bucketName = process.env.VSL_MEDIA_BUCKET || physicalName("media");
  const media = new sst.aws.Bucket("Media", {
    enforceHttps: true,
    // Pages of any origin may show what a signed link gives them.
    cors: { allowMethods: ["GET", "HEAD"], allowOrigins: ["*"], allowHeaders: ["range"], maxAge: "1 hour" },
    transform: { bucket: { bucket: bucketName, forceDestroy: !isDeployedStage() } },
  });
  new aws.s3.BucketServerSideEncryptionConfiguration("MediaEncryption", {
    bucket: media.name,
    rules: [{ applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" } }],
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
      {
        // Media are read in their first days, then hardly ever, but at once when they are.
        id: "cheaper-with-age",
        status: "Enabled",
        filter: { prefix: "" },
        transitions: [
          { days: 30, storageClass: "STANDARD_IA" },
          { days: 120, storageClass: "GLACIER_IR" },
        ],
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
  const events = consumer.subscribe({
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
    transform: beginsNoTrace,
    timeout: "10 seconds",
    concurrency: reserve(50),
    link: [media, platform.mediaLinkSecret.link],
    permissions: [
      allow(["s3:GetObject"], objects),
      // Without it S3 answers 403, not 404, for an object that is not there.
      allow(["s3:ListBucket"], media.arn),
    ],
  });
  route(platform, "Storage", ["GET /media/{jobId}/{file}"], http);
  const stores = watched("storage-events", events.nodes.function);
  watchService(platform, {
    service: "storage",
    functions: [stores, watched("storage-http", http)],
    consumer,
    // Outputs live for an hour.
    lagSeconds: 900,
    lines: [
      {
        name: "media-lost",
        says: "an output that was paid for could not be stored: the event MediaLost has the reason, the query one-job the story",
        pattern: '{ $.message = "media lost" }',
        functions: [stores],
        above: 0,
        seconds: 300,
      },
    ],
    widgets: [
      {
        title: "media: bytes held",
        series: ["StandardStorage", "StandardIAStorage", "GlacierInstantRetrievalStorage"].map((storageType) => [
          "AWS/S3",
          "BucketSizeBytes",
          "BucketName",
          bucketName,
          "StorageType",
          storageType,
        ]),
        stat: "Average",
      },
    ],
  });
}
