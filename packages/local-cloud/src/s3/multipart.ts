import { randomBytes } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import { checkAcl } from "./access-control.ts";
import { openBody } from "./body.ts";
import { type Answer, type Call, headerOf, type Store } from "./call.ts";
import { chosenAlgorithm, claimedChecksum } from "./checksum-headers.ts";
import { type ChecksumAlgorithm, type ChecksumType, checksumType, defaultAlgorithm } from "./checksums.ts";
import type { Measured } from "./measure.ts";
import { encryptionHeader, headersToStore, quoted } from "./object-headers.ts";
import { s3Error } from "./s3-error.ts";
import { tagsOfHeader } from "./tags.ts";
import type { Part, Upload } from "./uploads.ts";
import { renderXml } from "./xml.ts";

export async function createMultipartUpload(store: Store, { bucket, key, headers }: Call): Promise<Answer> {
  checkAcl(store, bucket, headers);
  const chosen = chosenAlgorithm(headers);
  const algorithm = chosen ?? defaultAlgorithm;
  const upload = {
    id: randomBytes(48).toString("base64url"),
    bucket,
    key,
    initiatedAt: store.now(),
    headers: headersToStore(headers),
    tags: tagsOfHeader(headers),
    algorithm,
    checksumType: chosenType(headers, algorithm),
    hasDefaultChecksum: chosen === undefined,
  };
  await store.db.commit(() => {
    store.buckets.get(bucket);
    store.uploads.insert(upload);
  });
  return {
    status: 200,
    headers: {
      ...encryptionHeader,
      ...(chosen && {
        "x-amz-checksum-algorithm": algorithm.toUpperCase(),
        "x-amz-checksum-type": upload.checksumType,
      }),
    },
    xml: renderXml("InitiateMultipartUploadResult", { Bucket: bucket, Key: key, UploadId: upload.id }),
  };
}

function chosenType(headers: IncomingHttpHeaders, algorithm: ChecksumAlgorithm): ChecksumType {
  const usual = algorithm === "crc64nvme" ? "FULL_OBJECT" : "COMPOSITE";
  const type = checksumType.safeParse(headerOf(headers, "x-amz-checksum-type") ?? usual);
  const isHash = algorithm === "sha1" || algorithm === "sha256";
  if (type.success && !(isHash && type.data === "FULL_OBJECT") && !(usual === "FULL_OBJECT" && type.data !== usual)) {
    return type.data;
  }
  throw s3Error("InvalidRequest", {
    message: `The ${type.data ?? "given"} checksum type cannot be used with the ${algorithm} checksum algorithm.`,
  });
}

export async function uploadPart(store: Store, { bucket, key, query, headers, body }: Call): Promise<Answer> {
  const number = parsePartNumber(query.get("partNumber"));
  const upload = store.uploads.get(bucket, key, query.get("uploadId") ?? "");
  const { algorithm, hasDefaultChecksum } = upload;
  const claimed = claimedChecksum(headers).algorithm;
  if (claimed && claimed !== algorithm && !hasDefaultChecksum) {
    throw s3Error("InvalidRequest", {
      message: `Checksum Type mismatch occurred, expected checksum Type: ${algorithm}, actual checksum Type: ${claimed}`,
    });
  }
  const { chunks, measured } = openBody(body, [algorithm]);
  const file = await store.files.write(chunks);
  const { etag } = await savePart(store, upload, { number, file, measured: measured() });
  const answered = claimed ?? (hasDefaultChecksum ? undefined : algorithm);
  return {
    status: 200,
    headers: {
      etag: quoted(etag),
      ...encryptionHeader,
      ...(answered && { [`x-amz-checksum-${answered}`]: measured().checksum(answered) }),
    },
  };
}

/** Makes a freshly written file a part, unless the upload has ended meanwhile; then the file does not stay. */
export async function savePart(
  { db, uploads, files, now }: Store,
  { bucket, key, id, algorithm }: Upload,
  { number, file, measured }: { number: number; file: string; measured: Measured },
): Promise<Part> {
  const part = {
    number,
    file,
    bytes: measured.bytes,
    etag: measured.md5.toString("hex"),
    checksum: measured.checksum(algorithm),
    modifiedAt: now(),
  };
  try {
    const freed = await db.commit(() => {
      // It may have been aborted or completed while the bytes came in.
      uploads.get(bucket, key, id);
      return uploads.putPart(id, part);
    });
    files.discard(freed);
    return part;
  } catch (error) {
    files.discard([file]);
    throw error;
  }
}

export function parsePartNumber(text: string | undefined): number {
  const number = Number(text);
  if (Number.isInteger(number) && number >= 1 && number <= 10_000) return number;
  throw s3Error("InvalidArgument", {
    message: "Part number must be an integer between 1 and 10000, inclusive",
    ArgumentName: "partNumber",
    ArgumentValue: text ?? "",
  });
}

export async function abortMultipartUpload(store: Store, { bucket, key, query }: Call): Promise<Answer> {
  const freed = await store.db.commit(() => {
    store.buckets.get(bucket);
    const { id } = store.uploads.get(bucket, key, query.get("uploadId") ?? "");
    return forgetUpload(store, id);
  });
  store.files.discard(freed);
  return { status: 204 };
}

/** Inside `Database.commit`; returns the files to discard after it. */
export function forgetUpload({ uploads }: Store, id: string): string[] {
  const files = uploads.parts(id).map(({ file }) => file);
  uploads.delete(id);
  return files;
}
