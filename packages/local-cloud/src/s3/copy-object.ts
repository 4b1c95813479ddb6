import type { IncomingHttpHeaders } from "node:http";
import { checkAcl } from "./access-control.ts";
import { type Answer, type Call, headerOf, type Store } from "./call.ts";
import { checksumElements, chosenAlgorithm } from "./checksum-headers.ts";
import { copyBytes, findSource } from "./copy-source.ts";
import { encryptionHeader, headersToStore, quoted } from "./object-headers.ts";
import type { StoredObject } from "./objects.ts";
import { checkWrite } from "./preconditions.ts";
import { saveObject } from "./put-object.ts";
import { s3Error } from "./s3-error.ts";
import { tagsOfHeader } from "./tags.ts";
import { renderXml } from "./xml.ts";

const maximumBytes = 5 * 1024 ** 3;

export async function copyObject(store: Store, call: Call): Promise<Answer> {
  const { bucket, key, headers } = call;
  store.buckets.get(bucket);
  checkAcl(store, bucket, headers);
  const source = findSource(store, headers);
  if (headerOf(headers, "x-amz-copy-source-range") !== undefined) {
    throw s3Error("NotImplemented", { Header: "x-amz-copy-source-range" });
  }
  if (source.bytes > maximumBytes) {
    throw s3Error("InvalidRequest", {
      message: "The specified copy source is larger than the maximum allowable size for a copy source: 5368709120",
    });
  }
  const replacesHeaders = replaces(headers, "x-amz-metadata-directive");
  if (source.bucket === bucket && source.key === key && !replacesHeaders) {
    throw s3Error("InvalidRequest", {
      message:
        "This copy request is illegal because it is trying to copy an object to itself without changing the object's metadata, storage class, website redirect location or encryption attributes.",
    });
  }
  const algorithm = chosenAlgorithm(headers) ?? source.checksum.algorithm;
  const { file, measured } = await copyBytes(store, source, { range: { from: 0, to: source.bytes }, algorithm });
  const object: StoredObject = {
    key,
    headers: replacesHeaders ? headersToStore(headers) : source.headers,
    tags: replaces(headers, "x-amz-tagging-directive") ? tagsOfHeader(headers) : source.tags,
    bytes: measured.bytes,
    etag: measured.md5.toString("hex"),
    modifiedAt: store.now(),
    checksum: { algorithm, type: "FULL_OBJECT", value: measured.checksum(algorithm) },
    uploadId: null,
    slices: [{ file, bytes: measured.bytes }],
  };
  await saveObject(store, call, {
    object,
    reason: "CopyObject",
    check: (current) => checkWrite(headers, key, current),
  });
  return {
    status: 200,
    headers: encryptionHeader,
    xml: renderXml("CopyObjectResult", {
      ETag: quoted(object.etag),
      LastModified: new Date(object.modifiedAt).toISOString(),
      ...checksumElements(object.checksum),
    }),
  };
}

function replaces(headers: IncomingHttpHeaders, name: string): boolean {
  const directive = headerOf(headers, name) ?? "COPY";
  if (directive === "COPY" || directive === "REPLACE") return directive === "REPLACE";
  throw s3Error("InvalidArgument", { message: "Unknown directive.", ArgumentName: name, ArgumentValue: directive });
}
