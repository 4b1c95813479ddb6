import { type Answer, type Call, headerOf, type Store } from "./call.ts";
import { checksumElements } from "./checksum-headers.ts";
import { httpDate } from "./object-headers.ts";
import type { StoredObject } from "./objects.ts";
import { s3Error } from "./s3-error.ts";
import { renderXml, type XmlValue } from "./xml.ts";

const known = ["ETag", "Checksum", "ObjectParts", "StorageClass", "ObjectSize"];
const maximumParts = 1000;

/** What HeadObject tells, and the parts. */
export function getObjectAttributes({ buckets, objects }: Store, call: Call): Answer {
  const { bucket, key } = call;
  buckets.get(bucket);
  const wanted = wantedAttributes(call);
  const object = objects.get(bucket, key);
  const attributes: Record<string, XmlValue> = {
    ETag: object.etag,
    Checksum: checksumElements(object.checksum),
    ObjectParts: object.uploadId === null ? undefined : partsOf(object, call),
    StorageClass: "STANDARD",
    ObjectSize: object.bytes,
  };
  return {
    status: 200,
    headers: { "last-modified": httpDate(object.modifiedAt) },
    xml: renderXml(
      "GetObjectAttributesResponse",
      Object.fromEntries(Object.entries(attributes).filter(([name]) => wanted.includes(name))),
    ),
  };
}

function wantedAttributes({ headers }: Call): string[] {
  const value = headerOf(headers, "x-amz-object-attributes") ?? "";
  const wanted = value.split(",").flatMap((name) => name.trim() || []);
  if (wanted.length === 0) {
    throw s3Error("InvalidRequest", {
      message:
        "The x-amz-object-attributes header specifying the attributes to be retrieved is either missing or empty",
    });
  }
  if (wanted.every((name) => known.includes(name))) return wanted;
  throw s3Error("InvalidArgument", {
    message: "Invalid attribute name specified.",
    ArgumentName: "x-amz-object-attributes",
    ArgumentValue: value,
  });
}

/** Their number; one by one only where the upload chose a checksum, as on AWS. */
function partsOf({ slices, checksum }: StoredObject, { headers }: Call): XmlValue {
  if (slices.every((slice) => slice.checksum === undefined)) return { PartsCount: slices.length };
  const marker = numberOf(headers, "x-amz-part-number-marker") ?? 0;
  const maximum = Math.min(numberOf(headers, "x-amz-max-parts") ?? maximumParts, maximumParts);
  const numbered = slices.map((slice, index) => ({ ...slice, number: slice.number ?? index + 1 }));
  const rest = numbered.filter(({ number }) => number > marker);
  const page = rest.slice(0, maximum);
  return {
    IsTruncated: page.length < rest.length,
    MaxParts: maximum,
    NextPartNumberMarker: page.at(-1)?.number ?? 0,
    PartNumberMarker: marker,
    PartsCount: slices.length,
    Part: page.map((part) => ({
      [`Checksum${checksum.algorithm.toUpperCase()}`]: part.checksum,
      PartNumber: part.number,
      Size: part.bytes,
    })),
  };
}

function numberOf(headers: Call["headers"], name: string): number | undefined {
  const value = headerOf(headers, name);
  if (value === undefined) return undefined;
  const number = Number(value);
  if (Number.isInteger(number) && number >= 0) return number;
  throw s3Error("InvalidArgument", {
    message: `Provided ${name} not an integer or within integer range`,
    ArgumentName: name,
    ArgumentValue: value,
  });
}
