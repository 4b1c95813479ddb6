import type { IncomingHttpHeaders } from "node:http";
import { type Call, headerOf } from "./call.ts";
import { expiryOf, type LifecycleRule } from "./lifecycle-rules.ts";
import type { StoredObject } from "./objects.ts";
import type { StoredHeaders } from "./rows.ts";
import { s3Error } from "./s3-error.ts";

const kept = ["content-type", "cache-control", "content-disposition", "content-language", "expires"];
const maximumMetadataBytes = 2048;

/** What of a request's headers belongs to the object. */
export function headersToStore(headers: IncomingHttpHeaders): StoredHeaders {
  const stored: StoredHeaders = { "content-type": "binary/octet-stream" };
  let metadataBytes = 0;
  for (const name of Object.keys(headers)) {
    const value = headerOf(headers, name) ?? "";
    const isMetadata = name.startsWith("x-amz-meta-");
    if (isMetadata) metadataBytes += name.length - "x-amz-meta-".length + Buffer.byteLength(value, "latin1");
    if (isMetadata || kept.includes(name)) stored[name] = value;
  }
  if (metadataBytes > maximumMetadataBytes) {
    throw s3Error("MetadataTooLarge", { Size: metadataBytes, MaxSizeAllowed: maximumMetadataBytes });
  }
  const encodings = (headers["content-encoding"] ?? "").split(",").map((encoding) => encoding.trim());
  const encoding = encodings.filter((name) => name !== "" && name !== "aws-chunked").join(",");
  return encoding === "" ? stored : { ...stored, "content-encoding": encoding };
}

const overrides = [
  "content-type",
  "content-language",
  "expires",
  "cache-control",
  "content-disposition",
  "content-encoding",
];

/** `response-content-disposition=…` and its like: what a link's maker wants the browser to be told. */
export function overriddenHeaders({ query }: Call): Record<string, string> {
  const given = overrides.flatMap((name) => {
    const value = query.get(`response-${name}`);
    return value === undefined ? [] : [{ name, value }];
  });
  for (const { name, value } of given) {
    if (/[^\t\x20-\x7e\xa0-\xff]/.test(value)) {
      throw s3Error("InvalidArgument", {
        message: "Header value cannot be represented using ISO-8859-1.",
        ArgumentName: `response-${name}`,
        ArgumentValue: value,
      });
    }
  }
  return Object.fromEntries(given.map(({ name, value }) => [name, value]));
}

/** What S3 says of every object unless its client brings a key, which is not supported here. */
export const encryptionHeader = { "x-amz-server-side-encryption": "AES256" };

export const quoted = (etag: string): string => `"${etag}"`;

/** Without milliseconds below the second, as HTTP has it. */
export const httpDate = (time: number): string => new Date(time).toUTCString();

export function expirationHeader(object: StoredObject, rules: LifecycleRule[] | null): Record<string, string> {
  const expiry = expiryOf(object, rules ?? []);
  if (!expiry) return {};
  return { "x-amz-expiration": `expiry-date="${httpDate(expiry.expiresAt)}", rule-id="${expiry.ruleId}"` };
}
