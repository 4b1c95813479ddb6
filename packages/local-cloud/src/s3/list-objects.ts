import type { Answer, Call, Store } from "./call.ts";
import { listPage, type Page, pastMarker, successor } from "./list-page.ts";
import { quoted } from "./object-headers.ts";
import type { ListedObject } from "./objects.ts";
import { keyBytes } from "./rows.ts";
import { s3Error } from "./s3-error.ts";
import { encodePath, type Query } from "./uri.ts";
import { renderXml, type XmlValue } from "./xml.ts";

/** The older form, which tells where the next page begins by a key. */
export function listObjects(store: Store, { bucket, query }: Call): Answer {
  const listing = readListing(store, bucket, query);
  const marker = query.get("marker") ?? "";
  const page = listing.pageFrom(pastMarker(marker, listing));
  const last = [page.entries.at(-1)?.key, page.commonPrefixes.at(-1)]
    .filter((key) => key !== undefined)
    .sort((a, b) => Buffer.compare(keyBytes(a), keyBytes(b)))
    .at(-1);
  return answer(listing, page, {
    Marker: listing.text(marker),
    // Without a delimiter the last key serves, as clients know.
    NextMarker: page.next && listing.delimiter !== "" && last !== undefined ? listing.text(last) : undefined,
    ...contents(store, listing, page, { withOwner: true }),
  });
}

export function listObjectsV2(store: Store, call: Call): Answer {
  const { bucket, query } = call;
  if (query.get("list-type") !== "2") return listObjects(store, call);
  const listing = readListing(store, bucket, query);
  const startAfter = query.get("start-after");
  const token = query.get("continuation-token");
  const page = listing.pageFrom(token === undefined ? firstAfter(startAfter) : parseToken(token));
  return answer(listing, page, {
    StartAfter: startAfter === undefined ? undefined : listing.text(startAfter),
    ContinuationToken: token,
    NextContinuationToken: page.next?.toString("base64url"),
    KeyCount: page.entries.length + page.commonPrefixes.length,
    ...contents(store, listing, page, { withOwner: query.get("fetch-owner") === "true" }),
  });
}

type Listing = ReturnType<typeof readListing>;

/** What both forms are asked alike. */
function readListing({ buckets, objects }: Store, bucket: string, query: Query) {
  buckets.get(bucket);
  const prefix = query.get("prefix") ?? "";
  const delimiter = query.get("delimiter") ?? "";
  const maximumKeys = parseMaximum(query, "max-keys");
  return {
    bucket,
    prefix,
    delimiter,
    maximumKeys,
    encodingType: query.get("encoding-type"),
    text: keyEncoder(query),
    pageFrom: (from: Uint8Array) =>
      listPage((first, limit) => objects.page(bucket, first, limit), { prefix, delimiter, from, maximumKeys }),
  };
}

function answer(listing: Listing, page: Page<ListedObject>, own: Record<string, XmlValue>): Answer {
  const { bucket, prefix, delimiter, maximumKeys, encodingType, text } = listing;
  return {
    status: 200,
    xml: renderXml("ListBucketResult", {
      Name: bucket,
      Prefix: text(prefix),
      Delimiter: delimiter === "" ? undefined : text(delimiter),
      MaxKeys: maximumKeys,
      EncodingType: encodingType,
      IsTruncated: page.next !== undefined,
      ...own,
    }),
  };
}

function contents(
  { account }: Store,
  { text }: Listing,
  page: Page<ListedObject>,
  { withOwner }: { withOwner: boolean },
): Record<string, XmlValue> {
  return {
    Contents: page.entries.map((entry) => ({
      Key: text(entry.key),
      LastModified: new Date(entry.modifiedAt).toISOString(),
      ETag: quoted(entry.etag),
      ChecksumAlgorithm: entry.checksum.algorithm.toUpperCase(),
      ChecksumType: entry.checksum.type,
      Size: entry.bytes,
      Owner: withOwner ? { ID: account } : undefined,
      StorageClass: "STANDARD",
    })),
    CommonPrefixes: page.commonPrefixes.map((common) => ({ Prefix: text(common) })),
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
