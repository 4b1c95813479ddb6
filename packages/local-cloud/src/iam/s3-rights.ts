import type { IncomingHttpHeaders } from "node:http";
import { decoded, type Right } from "./right.ts";

export interface S3Request {
  /** As S3's own table of operations names it: `GET bucket?list-type`. */
  operation: string;
  bucket: string;
  key: string;
  query: ReadonlyMap<string, string>;
  headers: IncomingHttpHeaders;
}

/** What each call of S3 needs. Deleting many objects in one call needs its right for each, which S3 asks for one by one. */
export function s3Rights({ operation, bucket, key, query, headers }: S3Request): Right[] {
  if (operation === "GET service") return [{ action: "s3:ListAllMyBuckets", resource: "*" }];
  if (operation === "POST bucket?delete") return [];
  const resource = key === "" ? bucketArn(bucket) : objectArn(bucket, key);
  const [method = "", ...rest] = operation.split(" ");
  const action = actions.get(operation) ?? `s3:${method}${rest.join("")}`;
  const context = action === "s3:ListBucket" ? listContext(query) : {};
  const rights: Right[] = [{ action, resource, context }];
  if (headers["x-amz-tagging"] !== undefined) rights.push({ action: "s3:PutObjectTagging", resource });
  if (operation.endsWith(" from a copy")) rights.push({ action: "s3:GetObject", resource: copySourceArn(headers) });
  if (action === "s3:GetObjectAttributes") rights.push({ action: "s3:GetObject", resource });
  // To compare, it is read.
  if (action === "s3:PutObject" && headers["if-match"] !== undefined) rights.push({ action: "s3:GetObject", resource });
  return rights;
}

export const bucketArn = (bucket: string) => `arn:aws:s3:::${bucket}`;
export const objectArn = (bucket: string, key: string) => `${bucketArn(bucket)}/${key}`;

const actions = new Map([
  ["PUT bucket", "s3:CreateBucket"],
  ["HEAD bucket", "s3:ListBucket"],
  ["GET bucket", "s3:ListBucket"],
  ["GET bucket?list-type", "s3:ListBucket"],
  ["DELETE bucket", "s3:DeleteBucket"],
  ["GET bucket?location", "s3:GetBucketLocation"],
  ["GET bucket?uploads", "s3:ListBucketMultipartUploads"],
  ...settingActions("lifecycle", "LifecycleConfiguration"),
  ...settingActions("encryption", "EncryptionConfiguration"),
  ...settingActions("cors", "BucketCORS"),
  ...settingActions("tagging", "BucketTagging"),
  ...settingActions("notification", "BucketNotification"),
  ...settingActions("versioning", "BucketVersioning"),
  ...settingActions("publicAccessBlock", "BucketPublicAccessBlock"),
  ...settingActions("ownershipControls", "BucketOwnershipControls"),
  ...settingActions("acl", "BucketAcl"),
  ...settingActions("policy", "BucketPolicy"),
  ["DELETE bucket?policy", "s3:DeleteBucketPolicy"],
  ["PUT object", "s3:PutObject"],
  ["PUT object from a copy", "s3:PutObject"],
  ["GET object", "s3:GetObject"],
  ["HEAD object", "s3:GetObject"],
  ["GET object?attributes", "s3:GetObjectAttributes"],
  ["DELETE object", "s3:DeleteObject"],
  ["GET object?tagging", "s3:GetObjectTagging"],
  ["PUT object?tagging", "s3:PutObjectTagging"],
  ["DELETE object?tagging", "s3:DeleteObjectTagging"],
  ["GET object?acl", "s3:GetObjectAcl"],
  ["PUT object?acl", "s3:PutObjectAcl"],
  ["POST object?uploads", "s3:PutObject"],
  ["PUT object?uploadId", "s3:PutObject"],
  ["PUT object?uploadId from a copy", "s3:PutObject"],
  ["POST object?uploadId", "s3:PutObject"],
  ["GET object?uploadId", "s3:ListMultipartUploadParts"],
  ["DELETE object?uploadId", "s3:AbortMultipartUpload"],
]);

/** Taking a setting away is putting nothing in its place. */
function settingActions(subresource: string, name: string): [operation: string, action: string][] {
  return [
    [`GET bucket?${subresource}`, `s3:Get${name}`],
    [`PUT bucket?${subresource}`, `s3:Put${name}`],
    [`DELETE bucket?${subresource}`, `s3:Put${name}`],
  ];
}

function listContext(query: ReadonlyMap<string, string>): Right["context"] {
  return {
    "s3:prefix": query.get("prefix"),
    "s3:delimiter": query.get("delimiter"),
    "s3:max-keys": query.get("max-keys"),
  };
}

function copySourceArn(headers: IncomingHttpHeaders): string {
  const [path = ""] = String(headers["x-amz-copy-source"]).split("?");
  return `arn:aws:s3:::${decoded(path).replace(/^\//, "")}`;
}
