import type { IncomingHttpHeaders } from "node:http";
import { type Answer, type Call, headerOf, type Store } from "./call.ts";
import { checksumElements, chosenAlgorithm } from "./checksum-headers.ts";
import type { ChecksumAlgorithm } from "./checksums.ts";
import { createMeasure, type Measured } from "./measure.ts";
import { headersToStore, quoted } from "./object-headers.ts";
import type { StoredObject } from "./objects.ts";
import { checkRead, checkWrite } from "./preconditions.ts";
import { saveObject } from "./put-object.ts";
import { slicesOf } from "./range.ts";
import { s3Error } from "./s3-error.ts";
import { tagsOfHeader } from "./tags.ts";
import { decode } from "./uri.ts";
import { renderXml } from "./xml.ts";

const maximumBytes = 5 * 1024 ** 3;

export async function copyObject(store: Store, { bucket, key, headers }: Call): Promise<Answer> {
  store.buckets.get(bucket);
  const from = parseSource(headers);
  store.buckets.get(from.bucket);
  const source = store.objects.get(from.bucket, from.key);
  if (checkRead(headers, source, "x-amz-copy-source-") === "not modified") throw s3Error("PreconditionFailed");
  if (source.bytes > maximumBytes) {
    throw s3Error("InvalidRequest", {
      message: "The specified copy source is larger than the maximum allowable size for a copy source: 5368709120",
    });
  }
  const replacesHeaders = replaces(headers, "x-amz-metadata-directive");
  if (from.bucket === bucket && from.key === key && !replacesHeaders) {
    throw s3Error("InvalidRequest", {
      message:
        "This copy request is illegal because it is trying to copy an object to itself without changing the object's metadata, storage class, website redirect location or encryption attributes.",
    });
  }
  const algorithm = chosenAlgorithm(headers) ?? source.checksum.algorithm;
  const { file, measured } = await copyBytes(store, source, algorithm);
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
  await saveObject(store, { bucket, object, check: (current) => checkWrite(headers, key, current) });
  return {
    status: 200,
    xml: renderXml("CopyObjectResult", {
      ETag: quoted(object.etag),
      LastModified: new Date(object.modifiedAt).toISOString(),
      ...checksumElements(object.checksum),
    }),
  };
}

async function copyBytes(
  { files }: Store,
  source: StoredObject,
  algorithm: ChecksumAlgorithm,
): Promise<{ file: string; measured: Measured }> {
  const measure = createMeasure([algorithm]);
  const bytes: AsyncIterable<Buffer> = files.read(slicesOf(source.slices, { from: 0, to: source.bytes }));
  const file = await files.write(
    (async function* () {
      for await (const chunk of bytes) {
        measure.update(chunk);
        yield chunk;
      }
    })(),
  );
  return { file, measured: measure.finish() };
}

function parseSource(headers: IncomingHttpHeaders): { bucket: string; key: string } {
  const [path = "", version] = (headerOf(headers, "x-amz-copy-source") ?? "").split("?versionId=");
  const [bucket = "", ...segments] = decode(path).replace(/^\//, "").split("/");
  const key = segments.join("/");
  if (bucket === "" || key === "") {
    throw s3Error("InvalidArgument", {
      message: "Copy Source must mention the source bucket and key: sourcebucket/sourcekey",
      ArgumentName: "x-amz-copy-source",
      ArgumentValue: path,
    });
  }
  if (version !== undefined && version !== "null") {
    throw s3Error("NotImplemented", { message: "Versions are not supported by this endpoint." });
  }
  return { bucket, key };
}

function replaces(headers: IncomingHttpHeaders, name: string): boolean {
  const directive = headerOf(headers, name) ?? "COPY";
  if (directive === "COPY" || directive === "REPLACE") return directive === "REPLACE";
  throw s3Error("InvalidArgument", { message: "Unknown directive.", ArgumentName: name, ArgumentValue: directive });
}
