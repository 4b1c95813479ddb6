import { z } from "zod";
import type { Database } from "./database.ts";
import type { S3ErrorCode } from "./s3-error.ts";
import { s3Error } from "./s3-error.ts";
import { bucketTags } from "./tags.ts";
import { childOf, childrenOf, parseXml, renderXml, requiredText, textOf, type XmlElement } from "./xml.ts";

/** A part of a bucket's configuration that clients write and read whole. Kept as the document that a reader is given. */
export interface BucketSetting {
  /** The query parameter that addresses it. */
  kind: string;
  /** The document to keep; throws for one that S3 would refuse, or that asks for what this S3 does not do. */
  parse(document: string): string;
  /** What a new bucket has. */
  byDefault?: string;
  /** What a reader is told where there is none. */
  absent: S3ErrorCode;
  putStatus: 200 | 204;
}

const settingRow = z.object({ content: z.string().nullable() });

export type BucketSettings = ReturnType<typeof openBucketSettings>;

/** Writes are synchronous: call them inside `Database.commit`, for a bucket that exists. */
export function openBucketSettings(db: Database) {
  const select = db.prepare("select content from bucket_settings where bucket = ? and kind = ?");
  const upsert = db.prepare("insert or replace into bucket_settings (bucket, kind, content) values (?, ?, ?)");
  return {
    find(bucket: string, { kind, byDefault }: BucketSetting): string | undefined {
      const row = select.get(bucket, kind);
      return row === undefined ? byDefault : (settingRow.parse(row).content ?? undefined);
    },
    /** `undefined` takes it away, also where a new bucket has one. */
    put: (bucket: string, { kind }: BucketSetting, content: string | undefined) => {
      upsert.run(bucket, kind, content ?? null);
    },
  };
}

/** S3 keeps it; whoever reaches this machine may do everything. */
export const policy: BucketSetting = {
  kind: "policy",
  parse(document) {
    try {
      const parsed: unknown = JSON.parse(document);
      if (typeof parsed === "object" && parsed !== null && "Statement" in parsed) return document;
    } catch {
      throw s3Error("MalformedPolicy");
    }
    throw s3Error("MalformedPolicy", { message: "Missing required field Statement" });
  },
  absent: "NoSuchBucketPolicy",
  putStatus: 204,
};

export const tagging: BucketSetting = {
  kind: "tagging",
  parse: (document) => renderTags(bucketTags(document)),
  absent: "NoSuchTagSet",
  putStatus: 204,
};

const renderTags = (tags: [string, string][]) =>
  renderXml("Tagging", { TagSet: { Tag: tags.map(([Key, Value]) => ({ Key, Value })) } });

const blocks = ["BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"];
const renderBlocks = (isOn: (name: string) => boolean) =>
  renderXml("PublicAccessBlockConfiguration", Object.fromEntries(blocks.map((name) => [name, isOn(name)])));

export const publicAccessBlock: BucketSetting = {
  kind: "publicAccessBlock",
  parse(document) {
    const root = parseXml(document, "PublicAccessBlockConfiguration");
    return renderBlocks((name) => textOf(root, name)?.toLowerCase() === "true");
  },
  byDefault: renderBlocks(() => true),
  absent: "NoSuchPublicAccessBlockConfiguration",
  putStatus: 200,
};

const renderOwnership = (ObjectOwnership: string) => renderXml("OwnershipControls", { Rule: { ObjectOwnership } });

/** Throws `MalformedXML` for a word that is none of S3's. */
export function ownershipOf(word: string): string {
  if (["BucketOwnerEnforced", "BucketOwnerPreferred", "ObjectWriter"].includes(word)) return renderOwnership(word);
  throw s3Error("MalformedXML");
}

export const ownershipControls: BucketSetting = {
  kind: "ownershipControls",
  parse: (document) => ownershipOf(requiredText(onlyRule(parseXml(document, "OwnershipControls")), "ObjectOwnership")),
  byDefault: renderOwnership("BucketOwnerEnforced"),
  absent: "OwnershipControlsNotFoundError",
  putStatus: 200,
};

const renderEncryption = (BucketKeyEnabled: boolean) =>
  renderXml("ServerSideEncryptionConfiguration", {
    Rule: { ApplyServerSideEncryptionByDefault: { SSEAlgorithm: "AES256" }, BucketKeyEnabled },
  });

/** Objects lie on the disk as they are; what is said here is what S3 would say. */
export const encryption: BucketSetting = {
  kind: "encryption",
  parse(document) {
    const rule = onlyRule(parseXml(document, "ServerSideEncryptionConfiguration"));
    const wanted = childOf(rule, "ApplyServerSideEncryptionByDefault");
    const algorithm = wanted ? requiredText(wanted, "SSEAlgorithm") : "AES256";
    if (algorithm.startsWith("aws:kms")) throw s3Error("NotImplemented", { message: "KMS keys are not supported." });
    if (algorithm !== "AES256") throw s3Error("MalformedXML");
    return renderEncryption(textOf(rule, "BucketKeyEnabled") === "true");
  },
  byDefault: renderEncryption(false),
  // Never: without one of its own a bucket has S3's.
  absent: "InternalError",
  putStatus: 200,
};

const toEventBridge = renderXml("NotificationConfiguration", { EventBridgeConfiguration: "" });

/** Only EventBridge is told; queues, topics and functions as direct targets are refused. */
export const notification: BucketSetting = {
  kind: "notification",
  parse(document) {
    const root = parseXml(document, "NotificationConfiguration");
    const other = root.children.find(({ name }) => name !== "EventBridgeConfiguration");
    if (other) throw s3Error("NotImplemented", { message: `${other.name} is not supported by this endpoint.` });
    return root.children.length > 0 ? toEventBridge : renderXml("NotificationConfiguration", undefined);
  },
  byDefault: renderXml("NotificationConfiguration", undefined),
  absent: "InternalError",
  putStatus: 200,
};

export const tellsEventBridge = (settings: BucketSettings, bucket: string): boolean =>
  settings.find(bucket, notification) === toEventBridge;

export const enforcesOwner = (settings: BucketSettings, bucket: string): boolean =>
  settings.find(bucket, ownershipControls) === ownershipControls.byDefault;

function onlyRule(root: XmlElement): XmlElement {
  const [rule, ...others] = childrenOf(root, "Rule");
  if (!rule || others.length > 0) throw s3Error("MalformedXML");
  return rule;
}
