import { AwsError } from "../endpoint/aws-error.ts";
import { objectArn } from "../iam/s3-rights.ts";
import { readDocument } from "./body.ts";
import { type Answer, type Call, headerOf, type Store } from "./call.ts";
import { claimedChecksum } from "./checksum-headers.ts";
import type { Origin } from "./object-events.ts";
import { matches } from "./preconditions.ts";
import { s3Error } from "./s3-error.ts";
import { childrenOf, parseXml, renderXml, requiredText, textOf, type XmlValue } from "./xml.ts";

interface Deletion {
  bucket: string;
  key: string;
  ifMatch: string | undefined;
  origin: Origin;
}

/** Succeeds for a key that is not there, as S3 does. */
export async function deleteObject(store: Store, { bucket, key, headers, origin }: Call): Promise<Answer> {
  const ifMatch = headerOf(headers, "if-match");
  const freed = await store.db.commit(() => remove(store, { bucket, key, ifMatch, origin }));
  store.files.discard(freed);
  return { status: 204 };
}

const maximumKeys = 1000;

export async function deleteObjects(store: Store, { bucket, headers, body, origin, caller }: Call): Promise<Answer> {
  if (headers["content-md5"] === undefined && claimedChecksum(headers).algorithm === undefined) {
    throw s3Error("InvalidRequest", { message: "Missing required header for this request: Content-MD5" });
  }
  const request = parseXml(await readDocument(body), "Delete");
  const wanted = childrenOf(request, "Object").map((object) => ({
    bucket,
    origin,
    key: requiredText(object, "Key"),
    ifMatch: textOf(object, "ETag"),
    versionId: textOf(object, "VersionId"),
  }));
  if (wanted.length < 1 || wanted.length > maximumKeys) throw s3Error("MalformedXML");
  const freed: string[] = [];
  const results = await store.db.commit(() =>
    wanted.map(({ versionId, ...deletion }): { deleted: XmlValue } | { error: XmlValue } => {
      try {
        if (versionId !== undefined && versionId !== "null") {
          throw s3Error("NotImplemented", { message: "Versions are not supported by this endpoint." });
        }
        caller.require([{ action: "s3:DeleteObject", resource: objectArn(bucket, deletion.key) }]);
        freed.push(...remove(store, deletion));
        return { deleted: { Key: deletion.key } };
      } catch (error) {
        if (!(error instanceof AwsError)) throw error;
        return { error: { Key: deletion.key, Code: error.code, Message: error.message } };
      }
    }),
  );
  store.files.discard(freed);
  const isQuiet = textOf(request, "Quiet") === "true";
  return {
    status: 200,
    xml: renderXml("DeleteResult", {
      Deleted: isQuiet ? undefined : results.flatMap((result) => ("deleted" in result ? [result.deleted] : [])),
      Error: results.flatMap((result) => ("error" in result ? [result.error] : [])),
    }),
  };
}

function remove({ buckets, objects, events }: Store, { bucket, key, ifMatch, origin }: Deletion): string[] {
  buckets.get(bucket);
  if (ifMatch !== undefined) {
    const current = objects.get(bucket, key);
    if (!matches(ifMatch, current.etag)) throw s3Error("PreconditionFailed", { Condition: "If-Match" });
  }
  if (objects.find(bucket, key)) events.deleted({ bucket, origin, key, reason: "DeleteObject" });
  return objects.delete(bucket, key);
}
