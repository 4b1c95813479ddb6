import type { IncomingHttpHeaders } from "node:http";
import { type Answer, type Call, headerOf, type Store } from "./call.ts";
import { copyBytes, findSource } from "./copy-source.ts";
import { parsePartNumber, savePart } from "./multipart.ts";
import { encryptionHeader, quoted } from "./object-headers.ts";
import type { ByteRange } from "./range.ts";
import { s3Error } from "./s3-error.ts";
import { renderXml } from "./xml.ts";

const maximumBytes = 5 * 1024 ** 3;

/** A part whose bytes another object has. */
export async function uploadPartCopy(store: Store, { bucket, key, query, headers }: Call): Promise<Answer> {
  store.buckets.get(bucket);
  const number = parsePartNumber(query.get("partNumber"));
  const upload = store.uploads.get(bucket, key, query.get("uploadId") ?? "");
  const source = findSource(store, headers);
  const range = parseSourceRange(headers, source.bytes);
  if (range.to - range.from > maximumBytes) {
    throw s3Error("InvalidRequest", {
      message: "The specified copy source is larger than the maximum allowable size for a copy source: 5368709120",
    });
  }
  const { file, measured } = await copyBytes(store, source, { range, algorithm: upload.algorithm });
  const part = await savePart(store, upload, { number, file, measured });
  return {
    status: 200,
    headers: encryptionHeader,
    xml: renderXml("CopyPartResult", {
      ETag: quoted(part.etag),
      LastModified: new Date(part.modifiedAt).toISOString(),
      ...(!upload.hasDefaultChecksum && { [`Checksum${upload.algorithm.toUpperCase()}`]: part.checksum }),
    }),
  };
}

function parseSourceRange(headers: IncomingHttpHeaders, bytes: number): ByteRange {
  const value = headerOf(headers, "x-amz-copy-source-range");
  if (value === undefined) return { from: 0, to: bytes };
  const refusal = (message: string) =>
    s3Error("InvalidArgument", { message, ArgumentName: "x-amz-copy-source-range", ArgumentValue: value });
  const [, first, last] = /^bytes=(\d+)-(\d+)$/.exec(value) ?? [];
  if (first === undefined || Number(first) > Number(last)) {
    throw refusal(
      "The x-amz-copy-source-range value must be of the form bytes=first-last where first and last are the zero-based offsets of the first and last bytes to copy",
    );
  }
  if (Number(last) >= bytes) throw refusal(`Range specified is not valid for source object of size: ${bytes}`);
  return { from: Number(first), to: Number(last) + 1 };
}
