import type { IncomingHttpHeaders } from "node:http";
import { headerOf, type Store } from "./call.ts";
import type { ChecksumAlgorithm } from "./checksums.ts";
import { createMeasure, type Measured } from "./measure.ts";
import type { StoredObject } from "./objects.ts";
import { checkRead } from "./preconditions.ts";
import { type ByteRange, slicesOf } from "./range.ts";
import { s3Error } from "./s3-error.ts";
import { decode } from "./uri.ts";

interface CopySource {
  bucket: string;
  key: string;
}

/** The object that a copy is made of, if the copy's conditions on it hold. */
export function findSource({ buckets, objects }: Store, headers: IncomingHttpHeaders): CopySource & StoredObject {
  const source = parseSource(headers);
  buckets.get(source.bucket);
  const object = objects.get(source.bucket, source.key);
  if (checkRead(headers, object, "x-amz-copy-source-") === "not modified") throw s3Error("PreconditionFailed");
  return { ...object, bucket: source.bucket };
}

function parseSource(headers: IncomingHttpHeaders): CopySource {
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

interface Copied {
  file: string;
  measured: Measured;
}

export async function copyBytes(
  { files }: Store,
  { slices }: StoredObject,
  { range, algorithm }: { range: ByteRange; algorithm: ChecksumAlgorithm },
): Promise<Copied> {
  const measure = createMeasure([algorithm]);
  const bytes: AsyncIterable<Buffer> = files.read(slicesOf(slices, range));
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
