import { readDocument } from "./body.ts";
import {
  type BucketSetting,
  encryption,
  notification,
  ownershipControls,
  policy,
  publicAccessBlock,
  tagging,
} from "./bucket-settings.ts";
import type { Operation } from "./call.ts";
import { type S3ErrorCode, s3Error } from "./s3-error.ts";
import { parseXml, renderXml, textOf } from "./xml.ts";

const get =
  (setting: BucketSetting): Operation =>
  ({ buckets, settings }, { bucket }) => {
    buckets.get(bucket);
    const content = settings.find(bucket, setting);
    if (content === undefined) throw s3Error(setting.absent, { BucketName: bucket });
    return {
      status: 200,
      xml: content,
      ...(setting === policy && { headers: { "content-type": "application/json" } }),
    };
  };

const put =
  (setting: BucketSetting): Operation =>
  async ({ db, buckets, settings }, { bucket, body }) => {
    const content = setting.parse(await readDocument(body));
    await db.commit(() => settings.put(buckets.get(bucket).name, setting, content));
    return { status: setting.putStatus };
  };

const remove =
  (setting: BucketSetting): Operation =>
  async ({ db, buckets, settings }, { bucket }) => {
    // An encryption cannot be taken away: what is left is S3's own.
    const rest = setting === encryption ? encryption.byDefault : undefined;
    await db.commit(() => settings.put(buckets.get(bucket).name, setting, rest));
    return { status: 204 };
  };

const removable = [policy, tagging, publicAccessBlock, ownershipControls, encryption];

/** What every bucket here answers alike, since nothing else can be set: versions, locks, websites, replicas and the like. */
const constant =
  (document: string): Operation =>
  ({ buckets }, { bucket }) => {
    buckets.get(bucket);
    return { status: 200, xml: document };
  };

const absent =
  (code: S3ErrorCode): Operation =>
  ({ buckets }, { bucket }) => {
    buckets.get(bucket);
    throw s3Error(code, { BucketName: bucket });
  };

const putVersioning: Operation = async ({ buckets }, { bucket, body }) => {
  const status = textOf(parseXml(await readDocument(body), "VersioningConfiguration"), "Status");
  buckets.get(bucket);
  if (status !== "Enabled" && status !== "Suspended") throw s3Error("MalformedXML");
  throw s3Error("NotImplemented", { message: "Versions are not supported by this endpoint." });
};

export const bucketSettingOperations: [name: string, operation: Operation][] = [
  ...[...removable, notification].flatMap((setting): [string, Operation][] => [
    [`GET bucket?${setting.kind}`, get(setting)],
    [`PUT bucket?${setting.kind}`, put(setting)],
  ]),
  ...removable.map((setting): [string, Operation] => [`DELETE bucket?${setting.kind}`, remove(setting)]),
  ["PUT bucket?versioning", putVersioning],
  ["GET bucket?versioning", constant(renderXml("VersioningConfiguration", undefined))],
  ["GET bucket?accelerate", constant(renderXml("AccelerateConfiguration", undefined))],
  ["GET bucket?logging", constant(renderXml("BucketLoggingStatus", undefined))],
  ["GET bucket?requestPayment", constant(renderXml("RequestPaymentConfiguration", { Payer: "BucketOwner" }))],
  ["GET bucket?website", absent("NoSuchWebsiteConfiguration")],
  ["GET bucket?replication", absent("ReplicationConfigurationNotFoundError")],
  ["GET bucket?object-lock", absent("ObjectLockConfigurationNotFoundError")],
];
