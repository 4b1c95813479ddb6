import type { Answer, Call, Store } from "./call.ts";
import { keyEncoder, parseMaximum } from "./list-objects.ts";
import { quoted } from "./object-headers.ts";
import { keyBytes } from "./rows.ts";
import type { Upload } from "./uploads.ts";
import { renderXml } from "./xml.ts";

export function listParts({ buckets, uploads, account }: Store, { bucket, key, query }: Call): Answer {
  buckets.get(bucket);
  const upload = uploads.get(bucket, key, query.get("uploadId") ?? "");
  const marker = Number(query.get("part-number-marker") ?? 0);
  const maximum = parseMaximum(query, "max-parts");
  const rest = uploads.parts(upload.id).filter(({ number }) => number > marker);
  const parts = rest.slice(0, maximum);
  const isTruncated = parts.length > 0 && parts.length < rest.length;
  return {
    status: 200,
    xml: renderXml("ListPartsResult", {
      Bucket: bucket,
      Key: keyEncoder(query)(key),
      UploadId: upload.id,
      Initiator: { ID: account },
      Owner: { ID: account },
      StorageClass: "STANDARD",
      PartNumberMarker: marker,
      NextPartNumberMarker: isTruncated ? parts.at(-1)?.number : undefined,
      MaxParts: maximum,
      IsTruncated: isTruncated,
      ChecksumAlgorithm: upload.hasDefaultChecksum ? undefined : upload.algorithm.toUpperCase(),
      ChecksumType: upload.hasDefaultChecksum ? undefined : upload.checksumType,
      Part: parts.map((part) => ({
        PartNumber: part.number,
        LastModified: new Date(part.modifiedAt).toISOString(),
        ETag: quoted(part.etag),
        Size: part.bytes,
        ...(!upload.hasDefaultChecksum && { [`Checksum${upload.algorithm.toUpperCase()}`]: part.checksum }),
      })),
    }),
  };
}

export function listMultipartUploads({ buckets, uploads, account }: Store, { bucket, query }: Call): Answer {
  buckets.get(bucket);
  const prefix = query.get("prefix") ?? "";
  const delimiter = query.get("delimiter") ?? "";
  const keyMarker = query.get("key-marker") ?? "";
  const idMarker = query.get("upload-id-marker") ?? "";
  const maximum = parseMaximum(query, "max-uploads");
  const open = uploads.list(bucket).filter(({ key }) => key.startsWith(prefix));
  const entries = grouped(open, { prefix, delimiter });
  const rest = entries.slice(entries.findLastIndex((entry) => isUpTo(entry, keyMarker, idMarker)) + 1);
  const page = rest.slice(0, maximum);
  const isTruncated = page.length > 0 && page.length < rest.length;
  const last = page.at(-1);
  const text = keyEncoder(query);
  return {
    status: 200,
    xml: renderXml("ListMultipartUploadsResult", {
      Bucket: bucket,
      KeyMarker: text(keyMarker),
      UploadIdMarker: idMarker,
      NextKeyMarker: isTruncated && last ? text(last.name) : undefined,
      NextUploadIdMarker: isTruncated ? last?.upload?.id : undefined,
      Prefix: text(prefix),
      Delimiter: delimiter === "" ? undefined : text(delimiter),
      MaxUploads: maximum,
      EncodingType: query.get("encoding-type"),
      IsTruncated: isTruncated,
      Upload: page.flatMap(({ upload }) => (upload ? [describe(upload)] : [])),
      CommonPrefixes: page.flatMap(({ name, upload }) => (upload ? [] : [{ Prefix: text(name) }])),
    }),
  };

  function describe(upload: Upload) {
    return {
      UploadId: upload.id,
      Key: text(upload.key),
      Initiator: { ID: account },
      Owner: { ID: account },
      StorageClass: "STANDARD",
      Initiated: new Date(upload.initiatedAt).toISOString(),
      ChecksumAlgorithm: upload.hasDefaultChecksum ? undefined : upload.algorithm.toUpperCase(),
      ChecksumType: upload.hasDefaultChecksum ? undefined : upload.checksumType,
    };
  }
}

/** An upload under its key, or, where `upload` is undefined, a common prefix of several. */
interface Entry {
  name: string;
  upload: Upload | undefined;
}

function grouped(open: Upload[], { prefix, delimiter }: { prefix: string; delimiter: string }): Entry[] {
  const entries: Entry[] = [];
  for (const upload of open) {
    const end = delimiter === "" ? -1 : upload.key.indexOf(delimiter, prefix.length);
    if (end < 0) entries.push({ name: upload.key, upload });
    else {
      const common = upload.key.slice(0, end + delimiter.length);
      if (entries.at(-1)?.name !== common) entries.push({ name: common, upload: undefined });
    }
  }
  return entries;
}

/** Whether an earlier page, which ended at these markers, had this entry. */
function isUpTo({ name, upload }: Entry, keyMarker: string, idMarker: string): boolean {
  if (keyMarker === "") return false;
  const order = Buffer.compare(keyBytes(name), keyBytes(keyMarker));
  // Without an id the marker stands for all uploads of its key; with one, for those up to it.
  return order < 0 || (order === 0 && (idMarker === "" || upload === undefined || upload.id === idMarker));
}
