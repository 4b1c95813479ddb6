import type { IncomingHttpHeaders } from "node:http";
import { enforcesOwner } from "./bucket-settings.ts";
import { type Answer, type Call, headerOf, type Operation, type Store } from "./call.ts";
import { s3Error } from "./s3-error.ts";
import { renderXml } from "./xml.ts";

/** A list that gives the owner all and others nothing is what everything here has. */
const ownersOnly = ["private", "bucket-owner-full-control"];

/** Throws for an access control list in the headers that means more than this S3 does, or that AWS would refuse, too. */
export function checkAcl({ settings }: Store, bucket: string, headers: IncomingHttpHeaders): void {
  const acl = headerOf(headers, "x-amz-acl");
  const grant = Object.keys(headers).find((name) => name.startsWith("x-amz-grant-"));
  if (acl === undefined && grant === undefined) return;
  if (enforcesOwner(settings, bucket)) {
    if (acl === "bucket-owner-full-control" && grant === undefined) return;
    throw s3Error("AccessControlListNotSupported");
  }
  if (grant !== undefined || !ownersOnly.includes(acl ?? "")) {
    throw s3Error("NotImplemented", { Header: grant ?? "x-amz-acl" });
  }
}

/** A new bucket may be told to be private, which it is. */
export function checkAclOfNewBucket(headers: IncomingHttpHeaders): void {
  const isGranting = Object.keys(headers).some((name) => name.startsWith("x-amz-grant-"));
  if (isGranting || (headerOf(headers, "x-amz-acl") ?? "private") !== "private") {
    throw s3Error("InvalidBucketAclWithObjectOwnership");
  }
}

const instance = "http://www.w3.org/2001/XMLSchema-instance";

function ownersAcl(account: string): Answer {
  const xml = renderXml("AccessControlPolicy", {
    Owner: { ID: account },
    AccessControlList: { Grant: { Grantee: { ID: account }, Permission: "FULL_CONTROL" } },
  });
  return {
    status: 200,
    xml: xml.replace("<Grantee>", `<Grantee xmlns:xsi="${instance}" xsi:type="CanonicalUser">`),
  };
}

function getBucketAcl({ buckets, account }: Store, { bucket }: Call): Answer {
  buckets.get(bucket);
  return ownersAcl(account);
}

function getObjectAcl({ buckets, objects, account }: Store, { bucket, key }: Call): Answer {
  buckets.get(bucket);
  objects.get(bucket, key);
  return ownersAcl(account);
}

/** Changes nothing: what the headers may ask for is so already, and lists in XML are not read. */
function putAcl(store: Store, { bucket, key, headers }: Call): Answer {
  store.buckets.get(bucket);
  if (key !== "") store.objects.get(bucket, key);
  checkAcl(store, bucket, headers);
  if (headers["x-amz-acl"] !== undefined) return { status: 200 };
  if (enforcesOwner(store.settings, bucket)) throw s3Error("AccessControlListNotSupported");
  throw s3Error("NotImplemented", { message: "AccessControlPolicy is not supported by this endpoint." });
}

export const aclOperations: [name: string, operation: Operation][] = [
  ["GET bucket?acl", getBucketAcl],
  ["PUT bucket?acl", putAcl],
  ["GET object?acl", getObjectAcl],
  ["PUT object?acl", putAcl],
];
