import type { Answer, Call, Store } from "./call.ts";
import { listPage, successor } from "./list-page.ts";
import { quoted } from "./object-headers.ts";
import { keyBytes } from "./rows.ts";
import { s3Error } from "./s3-error.ts";
import { encodePath, type Query } from "./uri.ts";
import { renderXml } from "./xml.ts";

export function listObjectsV2({ buckets, objects, account }: Store, { bucket, query }: Call): Answer {
  buckets.get(bucket);
  if (query.get("list-type") !== "2") {
    throw s3Error("NotImplemented", { message: "ListObjects is not supported by this endpoint; use ListObjectsV2." });
  }
  const prefix = query.get("prefix") ?? "";
  const delimiter = query.get("delimiter") ?? "";
  const startAfter = query.get("start-after");
  const token = query.get("continuation-token");
  const maximumKeys = parseMaximum(query, "max-keys");
  const page = listPage((from, limit) => objects.page(bucket, from, limit), {
    prefix,
    delimiter,
    from: token === undefined ? firstAfter(startAfter) : parseToken(token),
    maximumKeys,
  });
  const text = keyEncoder(query);
  return {
    status: 200,
    xml: renderXml("ListBucketResult", {
      Name: bucket,
      Prefix: text(prefix),
      Delimiter: delimiter === "" ? undefined : text(delimiter),
      StartAfter: startAfter === undefined ? undefined : text(startAfter),
      ContinuationToken: token,
      NextContinuationToken: page.next?.toString("base64url"),
      KeyCount: page.entries.length + page.commonPrefixes.length,
      MaxKeys: maximumKeys,
      EncodingType: query.get("encoding-type"),
      IsTruncated: page.next !== undefined,
      Contents: page.entries.map((entry) => ({
        Key: text(entry.key),
        LastModified: new Date(entry.modifiedAt).toISOString(),
        ETag: quoted(entry.etag),
        ChecksumAlgorithm: entry.checksum.algorithm.toUpperCase(),
        ChecksumType: entry.checksum.type,
        Size: entry.bytes,
        Owner: query.get("fetch-owner") === "true" ? { ID: account } : undefined,
        StorageClass: "STANDARD",
      })),
      CommonPrefixes: page.commonPrefixes.map((common) => ({ Prefix: text(common) })),
    }),
  };
}

const firstAfter = (key: string | undefined): Uint8Array =>
  key === undefined || key === "" ? Buffer.alloc(0) : successor(keyBytes(key));

function parseToken(token: string): Uint8Array {
  const from = Buffer.from(token, "base64url");
  if (from.length > 0 && from.toString("base64url") === token) return from;
  throw s3Error("InvalidArgument", {
    message: "The continuation token provided is incorrect",
    ArgumentName: "continuation-token",
  });
}

const maximumPage = 1000;

/** `max-keys` and its like: 1000 unless less is asked for. */
export function parseMaximum(query: Query, name: string): number {
  const value = query.get(name);
  if (value === undefined || value === "") return maximumPage;
  const number = Number(value);
  if (Number.isInteger(number) && number >= 0 && number <= 2_147_483_647) return Math.min(number, maximumPage);
  throw s3Error("InvalidArgument", {
    message: `Provided ${name} not an integer or within integer range`,
    ArgumentName: name,
    ArgumentValue: value,
  });
}

/** How keys are written into the answer: as they are, or percent-encoded, for those that XML cannot carry. */
export function keyEncoder(query: Query): (key: string) => string {
  const type = query.get("encoding-type");
  if (type === undefined) return (key) => key;
  if (type === "url") return encodePath;
  throw s3Error("InvalidArgument", {
    message: "Invalid Encoding Method specified in Request",
    ArgumentName: "encoding-type",
    ArgumentValue: type,
  });
}
