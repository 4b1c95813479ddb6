import { checkAclOfNewBucket } from "./access-control.ts";
import { readDocument } from "./body.ts";
import { ownershipControls, ownershipOf } from "./bucket-settings.ts";
import { type Answer, type Call, headerOf, type Store } from "./call.ts";
import { parseMaximum } from "./list-objects.ts";
import { forgetUpload } from "./multipart.ts";
import { s3Error } from "./s3-error.ts";
import { parseXml, renderXml, textOf } from "./xml.ts";

export function listBuckets({ buckets, account, region }: Store, { query }: Call): Answer {
  const prefix = query.get("prefix") ?? "";
  const after = query.get("continuation-token") ?? "";
  const maximum = parseMaximum(query, "max-buckets");
  const rest = buckets.list().filter(({ name }) => name.startsWith(prefix) && name > after);
  const page = rest.slice(0, maximum);
  return {
    status: 200,
    xml: renderXml("ListAllMyBucketsResult", {
      Owner: { ID: account },
      Buckets: {
        Bucket: page.map(({ name, createdAt }) => ({
          Name: name,
          CreationDate: new Date(createdAt).toISOString(),
          BucketRegion: region,
        })),
      },
      Prefix: prefix === "" ? undefined : prefix,
      ContinuationToken: page.length < rest.length ? page.at(-1)?.name : undefined,
    }),
  };
}

export async function createBucket(store: Store, { bucket, body, headers }: Call): Promise<Answer> {
  checkBucketName(bucket);
  checkAclOfNewBucket(headers);
  const document = Number(headers["content-length"] ?? 0) > 0 ? await readDocument(body) : "";
  const wanted =
    document === "" ? undefined : textOf(parseXml(document, "CreateBucketConfiguration"), "LocationConstraint");
  if (wanted !== undefined && wanted !== store.region) {
    throw s3Error("IllegalLocationConstraintException", {
      message: `The ${wanted} location constraint is incompatible for the region specific endpoint this request was sent to.`,
    });
  }
  const ownership = headerOf(headers, "x-amz-object-ownership");
  const isNew = await store.db.commit(() => {
    const inserted = store.buckets.insert(bucket, store.now());
    if (inserted && ownership !== undefined) store.settings.put(bucket, ownershipControls, ownershipOf(ownership));
    return inserted;
  });
  // Only in us-east-1 may an owner create a bucket twice.
  if (!isNew && store.region !== "us-east-1") throw s3Error("BucketAlreadyOwnedByYou", { BucketName: bucket });
  return { status: 200, headers: { location: `/${bucket}` } };
}

export function checkBucketName(name: string): void {
  const isValid =
    /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(name) &&
    !name.includes("..") &&
    !/^\d+\.\d+\.\d+\.\d+$/.test(name) &&
    !/^(xn--|sthree-|amzn-s3-demo-)/.test(name) &&
    !/(-s3alias|--ol-s3|\.mrap|--x-s3|--table-s3)$/.test(name);
  if (!isValid) throw s3Error("InvalidBucketName", { BucketName: name });
}

export function headBucket({ buckets, region }: Store, { bucket }: Call): Answer {
  buckets.get(bucket);
  return { status: 200, headers: { "x-amz-bucket-region": region } };
}

export async function deleteBucket(store: Store, { bucket }: Call): Promise<Answer> {
  const { db, buckets, objects, uploads, files } = store;
  const freed = await db.commit(() => {
    buckets.get(bucket);
    if (!objects.isEmpty(bucket)) throw s3Error("BucketNotEmpty", { BucketName: bucket });
    const parts = uploads.list(bucket).flatMap(({ id }) => forgetUpload(store, id));
    buckets.delete(bucket);
    return parts;
  });
  files.discard(freed);
  return { status: 204 };
}

export function getBucketLocation({ buckets, region }: Store, { bucket }: Call): Answer {
  buckets.get(bucket);
  // us-east-1 is, for history's sake, said by saying nothing.
  return { status: 200, xml: renderXml("LocationConstraint", region === "us-east-1" ? undefined : region) };
}
