import { createHash } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import { readDocument } from "./body.ts";
import { type Answer, type Call, headerOf, type Store } from "./call.ts";
import { checksumElements } from "./checksum-headers.ts";
import { type Checksum, checksumOfParts } from "./checksums.ts";
import { encryptionHeader, expirationHeader, quoted } from "./object-headers.ts";
import type { StoredObject } from "./objects.ts";
import { checkWrite } from "./preconditions.ts";
import { s3Error } from "./s3-error.ts";
import type { Part, Upload } from "./uploads.ts";
import { encodePath } from "./uri.ts";
import { childrenOf, parseXml, renderXml, requiredText, textOf } from "./xml.ts";

interface WantedPart {
  number: number;
  etag: string;
  checksum: string | undefined;
}

const minimumPartBytes = 5 * 1024 ** 2;

/**
 * Makes the parts an object without copying a byte: the object names their files. Safe to repeat: when the answer was
 * lost, the object still knows the upload it came from.
 */
export async function completeMultipartUpload(store: Store, call: Call): Promise<Answer> {
  const { bucket, key, query, headers } = call;
  const { db, buckets, objects, uploads, files, events } = store;
  const uploadId = query.get("uploadId") ?? "";
  const document = await readDocument({ ...call.body, headers: withoutObjectChecksum(headers) });
  const { object, freed } = await db.commit(() => {
    buckets.get(bucket);
    const current = objects.find(bucket, key);
    const upload = uploads.find(bucket, key, uploadId);
    if (!upload) {
      if (current?.uploadId === uploadId) return { object: current, freed: [] };
      throw s3Error("NoSuchUpload", { UploadId: uploadId });
    }
    const stored = uploads.parts(uploadId);
    const parts = chooseParts(parseParts(document, upload), stored, upload);
    checkWrite(headers, key, current);
    const completed = assemble(upload, parts, store.now());
    checkClaims(headers, completed);
    const unused = stored.filter((part) => !parts.includes(part)).map(({ file }) => file);
    const replaced = objects.put(bucket, completed);
    uploads.delete(uploadId);
    events.created({ ...call, object: completed, reason: "CompleteMultipartUpload" });
    return { object: completed, freed: [...replaced, ...unused] };
  });
  files.discard(freed);
  return {
    status: 200,
    headers: { ...encryptionHeader, ...expirationHeader(object, buckets.get(bucket).lifecycle) },
    xml: renderXml("CompleteMultipartUploadResult", {
      Location: `http://${headers.host}/${bucket}/${encodePath(key)}`,
      Bucket: bucket,
      Key: key,
      ETag: quoted(object.etag),
      ...checksumElements(object.checksum),
    }),
  };
}

/** Here, and only here, a checksum in the headers speaks of the object and not of the request's body. */
function withoutObjectChecksum(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !name.startsWith("x-amz-checksum-")));
}

function parseParts(document: string, { id, algorithm }: Upload): WantedPart[] {
  const parts = childrenOf(parseXml(document, "CompleteMultipartUpload"), "Part");
  if (parts.length < 1 || parts.length > 10_000) throw s3Error("MalformedXML");
  const wanted = parts.map((part) => ({
    number: Number(requiredText(part, "PartNumber")),
    etag: requiredText(part, "ETag").replaceAll('"', ""),
    checksum: textOf(part, `Checksum${algorithm.toUpperCase()}`),
  }));
  for (const [index, { number }] of wanted.entries()) {
    if (!(number > (wanted[index - 1]?.number ?? 0))) throw s3Error("InvalidPartOrder", { UploadId: id });
  }
  return wanted;
}

function chooseParts(wanted: WantedPart[], stored: Part[], upload: Upload): Part[] {
  const byNumber = new Map(stored.map((part) => [part.number, part]));
  return wanted.map(({ number, etag, checksum }, index) => {
    if (checksum === undefined && upload.checksumType === "COMPOSITE") {
      throw s3Error("InvalidRequest", {
        message: `The upload was created using a ${upload.algorithm} checksum. The complete request must include the checksum for each part. It was missing for part ${number} in the request.`,
      });
    }
    const part = byNumber.get(number);
    if (!part || part.etag !== etag || (checksum !== undefined && checksum !== part.checksum)) {
      throw s3Error("InvalidPart", { UploadId: upload.id, PartNumber: number, ETag: etag });
    }
    if (part.bytes < minimumPartBytes && index < wanted.length - 1) {
      throw s3Error("EntityTooSmall", {
        ProposedSize: part.bytes,
        MinSizeAllowed: minimumPartBytes,
        PartNumber: number,
        ETag: etag,
      });
    }
    return part;
  });
}

function assemble(upload: Upload, parts: Part[], now: number): StoredObject {
  const md5 = createHash("md5");
  for (const { etag } of parts) md5.update(etag, "hex");
  return {
    key: upload.key,
    etag: `${md5.digest("hex")}-${parts.length}`,
    bytes: parts.reduce((sum, { bytes }) => sum + bytes, 0),
    modifiedAt: now,
    headers: upload.headers,
    tags: upload.tags,
    checksum: checksumOfParts(upload.algorithm, upload.checksumType, parts),
    uploadId: upload.id,
    slices: parts.map(({ file, bytes, number, checksum }) => ({
      file,
      bytes,
      number,
      ...(!upload.hasDefaultChecksum && { checksum }),
    })),
  };
}

function checkClaims(headers: IncomingHttpHeaders, { bytes, checksum }: StoredObject): void {
  const size = headerOf(headers, "x-amz-mp-object-size");
  if (size !== undefined && Number(size) !== bytes) {
    throw s3Error("InvalidRequest", {
      message: `The provided 'x-amz-mp-object-size' header value ${size} does not match what was computed: ${bytes}`,
    });
  }
  const claimed = headerOf(headers, `x-amz-checksum-${checksum.algorithm}`);
  if (claimed !== undefined && withoutCount(claimed) !== withoutCount(checksum.value)) throw badDigest(checksum);
}

const withoutCount = (value: string) => value.replace(/-\d+$/, "");

const badDigest = ({ algorithm }: Checksum) =>
  s3Error("BadDigest", { message: `The ${algorithm} you specified did not match the calculated checksum.` });
