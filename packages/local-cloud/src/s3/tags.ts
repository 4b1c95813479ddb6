import type { IncomingHttpHeaders } from "node:http";
import { readDocument } from "./body.ts";
import { type Answer, type Call, headerOf, type Store } from "./call.ts";
import type { Tags } from "./rows.ts";
import { s3Error } from "./s3-error.ts";
import { decode } from "./uri.ts";
import { childOf, childrenOf, parseXml, renderXml, requiredText } from "./xml.ts";

const maximumTags = 10;
const maximumBucketTags = 50;

/** The `x-amz-tagging` header: `key=value&key=value`, percent-encoded. */
export function tagsOfHeader(headers: IncomingHttpHeaders): Tags {
  const pairs = (headerOf(headers, "x-amz-tagging") ?? "").split("&").filter((pair) => pair !== "");
  const tags = pairs.map((pair): [string, string] => {
    const [key = "", ...value] = pair.replaceAll("+", " ").split("=");
    return [decode(key), decode(value.join("="))];
  });
  return checkTags(tags);
}

function checkTags(tags: Tags): Tags {
  if (tags.length > maximumTags) throw s3Error("InvalidTag", { message: "Object tags cannot be greater than 10" });
  return checkEach(tags);
}

function checkEach(tags: Tags): Tags {
  if (new Set(tags.map(([key]) => key)).size < tags.length) {
    throw s3Error("InvalidTag", { message: "Cannot provide multiple Tags with the same key" });
  }
  for (const [key, value] of tags) {
    if (!/^[\p{L}\p{Z}\p{N}_.:/=+\-@]{1,128}$/u.test(key) || key.startsWith("aws:")) {
      throw s3Error("InvalidTag", { message: "The TagKey you have provided is invalid", TagKey: key });
    }
    if (!/^[\p{L}\p{Z}\p{N}_.:/=+\-@]{0,256}$/u.test(value))
      throw s3Error("InvalidTag", { TagKey: key, TagValue: value });
  }
  return tags;
}

function parseTagging(document: string): Tags {
  const set = childOf(parseXml(document, "Tagging"), "TagSet");
  if (!set) throw s3Error("MalformedXML");
  return childrenOf(set, "Tag").map((tag): [string, string] => [requiredText(tag, "Key"), requiredText(tag, "Value")]);
}

/** The `Tagging` document of an object: of PutObjectTagging, and of a form that uploads one. */
export const objectTags = (document: string): Tags => checkTags(parseTagging(document));

export function bucketTags(document: string): Tags {
  const tags = parseTagging(document);
  if (tags.length <= maximumBucketTags) return checkEach(tags);
  throw s3Error("InvalidTag", { message: "Bucket tag count cannot be greater than 50" });
}

export function getObjectTagging({ objects }: Store, { bucket, key }: Call): Answer {
  const { tags } = objects.get(bucket, key);
  return {
    status: 200,
    xml: renderXml("Tagging", { TagSet: { Tag: tags.map(([Key, Value]) => ({ Key, Value })) } }),
  };
}

export async function putObjectTagging(store: Store, { bucket, key, body }: Call): Promise<Answer> {
  await setTags(store, { bucket, key, tags: objectTags(await readDocument(body)) });
  return { status: 200 };
}

export async function deleteObjectTagging(store: Store, { bucket, key }: Call): Promise<Answer> {
  await setTags(store, { bucket, key, tags: [] });
  return { status: 204 };
}

async function setTags({ db, objects }: Store, { bucket, key, tags }: { bucket: string; key: string; tags: Tags }) {
  await db.commit(() => {
    objects.get(bucket, key);
    objects.setTags(bucket, key, tags);
  });
}
