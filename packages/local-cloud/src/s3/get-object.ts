import { type Answer, type Call, headerOf, type Store } from "./call.ts";
import { checksumHeaders } from "./checksum-headers.ts";
import { encryptionHeader, expirationHeader, httpDate, overriddenHeaders, quoted } from "./object-headers.ts";
import type { StoredObject } from "./objects.ts";
import { checkRead } from "./preconditions.ts";
import { type ByteRange, parseRange, rangeOfPart, slicesOf } from "./range.ts";
import { s3Error } from "./s3-error.ts";

export function getObject(store: Store, call: Call): Answer {
  const { object, range, answer } = describe(store, call);
  // Nothing may come between finding the object and opening its files: a writer could free them.
  return answer.status === 304 ? answer : { ...answer, stream: store.files.read(slicesOf(object.slices, range)) };
}

export function headObject(store: Store, call: Call): Answer {
  return describe(store, call).answer;
}

function describe(store: Store, call: Call): { object: StoredObject; range: ByteRange; answer: Answer } {
  const { bucket, key, headers } = call;
  const { lifecycle } = store.buckets.get(bucket);
  const object = store.objects.get(bucket, key);
  const identity = { etag: quoted(object.etag), "last-modified": httpDate(object.modifiedAt) };
  const whole = { from: 0, to: object.bytes };
  if (checkRead(headers, object) === "not modified") {
    return { object, range: whole, answer: { status: 304, headers: identity } };
  }
  const partial = requestedRange(call, object);
  const range = partial ?? whole;
  const wantsChecksum = headerOf(headers, "x-amz-checksum-mode")?.toUpperCase() === "ENABLED";
  const answer = {
    status: partial ? 206 : 200,
    headers: {
      ...object.headers,
      ...overriddenHeaders(call),
      ...identity,
      ...encryptionHeader,
      ...expirationHeader(object, lifecycle),
      "accept-ranges": "bytes",
      "content-length": range.to - range.from,
      ...(partial && { "content-range": `bytes ${range.from}-${range.to - 1}/${object.bytes}` }),
      ...(call.query.has("partNumber") && object.uploadId !== null && { "x-amz-mp-parts-count": object.slices.length }),
      ...(object.tags.length > 0 && { "x-amz-tagging-count": object.tags.length }),
      // A part of the bytes does not have the checksum of all of them.
      ...(wantsChecksum && !partial && checksumHeaders(object.checksum)),
    },
  };
  return { object, range, answer };
}

function requestedRange({ headers, query }: Call, object: StoredObject): ByteRange | undefined {
  const part = query.get("partNumber");
  const range = headerOf(headers, "range");
  if (part === undefined) return parseRange(range, object.bytes);
  if (range !== undefined) {
    throw s3Error("InvalidRequest", { message: "Cannot specify both Range header and partNumber query parameter" });
  }
  const covered = rangeOfPart(part, object.slices);
  // An empty range cannot be said in Content-Range.
  return covered.from < covered.to ? covered : undefined;
}
