import type { IncomingHttpHeaders } from "node:http";
import { aclOperations } from "./access-control.ts";
import { createBucket, deleteBucket, getBucketLocation, headBucket, listBuckets } from "./bucket-operations.ts";
import {
  deleteBucketCors,
  deleteBucketLifecycle,
  getBucketCors,
  getBucketLifecycle,
  putBucketCors,
  putBucketLifecycle,
} from "./bucket-rules.ts";
import { bucketSettingOperations } from "./bucket-setting-operations.ts";
import { headerOf, type Operation } from "./call.ts";
import { completeMultipartUpload } from "./complete-multipart.ts";
import { copyObject } from "./copy-object.ts";
import { deleteObject, deleteObjects } from "./delete-objects.ts";
import { getObject, headObject } from "./get-object.ts";
import { getObjectAttributes } from "./get-object-attributes.ts";
import { listMultipartUploads, listParts } from "./list-multipart.ts";
import { listObjects, listObjectsV2 } from "./list-objects.ts";
import { abortMultipartUpload, createMultipartUpload, uploadPart } from "./multipart.ts";
import { putObject } from "./put-object.ts";
import { s3Error } from "./s3-error.ts";
import { deleteObjectTagging, getObjectTagging, putObjectTagging } from "./tags.ts";
import { uploadPartCopy } from "./upload-part-copy.ts";
import type { S3Address } from "./uri.ts";

/** All that this S3 claims. */
const operations = new Map<string, Operation>([
  ["GET service", listBuckets],
  ["PUT bucket", createBucket],
  ["HEAD bucket", headBucket],
  ["DELETE bucket", deleteBucket],
  ["GET bucket?location", getBucketLocation],
  ["GET bucket?lifecycle", getBucketLifecycle],
  ["PUT bucket?lifecycle", putBucketLifecycle],
  ["DELETE bucket?lifecycle", deleteBucketLifecycle],
  ["GET bucket?cors", getBucketCors],
  ["PUT bucket?cors", putBucketCors],
  ["DELETE bucket?cors", deleteBucketCors],
  ...bucketSettingOperations,
  ...aclOperations,
  ["GET bucket", listObjects],
  ["GET bucket?list-type", listObjectsV2],
  ["GET bucket?uploads", listMultipartUploads],
  ["POST bucket?delete", deleteObjects],
  ["PUT object", putObject],
  ["PUT object from a copy", copyObject],
  ["GET object", getObject],
  ["HEAD object", headObject],
  ["GET object?attributes", getObjectAttributes],
  ["DELETE object", deleteObject],
  ["GET object?tagging", getObjectTagging],
  ["PUT object?tagging", putObjectTagging],
  ["DELETE object?tagging", deleteObjectTagging],
  ["POST object?uploads", createMultipartUpload],
  ["PUT object?uploadId", uploadPart],
  ["PUT object?uploadId from a copy", uploadPartCopy],
  ["GET object?uploadId", listParts],
  ["POST object?uploadId", completeMultipartUpload],
  ["DELETE object?uploadId", abortMultipartUpload],
]);

/** Every query parameter by which AWS makes another operation of a request; most of them belong to unclaimed ones. */
const subresources = [
  "accelerate",
  "acl",
  "analytics",
  "annotation",
  "attributes",
  "cors",
  "delete",
  "encryption",
  "intelligent-tiering",
  "inventory",
  "legal-hold",
  "lifecycle",
  "list-type",
  "location",
  "logging",
  "metadataConfiguration",
  "metadataTable",
  "metrics",
  "notification",
  "object-lock",
  "ownershipControls",
  "policy",
  "policyStatus",
  "publicAccessBlock",
  "renameObject",
  "replication",
  "requestPayment",
  "restore",
  "retention",
  "select",
  "session",
  "tagging",
  "torrent",
  "uploadId",
  "uploads",
  "versioning",
  "versions",
  "website",
];

/** Whether a browser's form is being posted, which is signed in a field of its own and not as other requests are. */
export const isForm = (method: string, { bucket, key, query }: S3Address): boolean =>
  method === "POST" && bucket !== "" && key === "" && !subresources.some((name) => query.has(name));

/** Named by what was asked for, such as `GET bucket?acl`. Throws `NotImplemented`. */
export function operationOf(
  method: string,
  { bucket, key, query }: S3Address,
  headers: IncomingHttpHeaders,
): { name: string; operation: Operation } {
  const scope = key === "" ? (bucket === "" ? "service" : "bucket") : "object";
  const named = subresources.filter((name) => query.has(name)).map((name) => `?${name}`);
  const copy = headerOf(headers, "x-amz-copy-source") === undefined ? "" : " from a copy";
  const name = `${method} ${scope}${named.join("")}${copy}`;
  const operation = operations.get(name);
  if (!operation) throw s3Error("NotImplemented", { message: `${name} is not supported by this endpoint.` });
  return { name, operation };
}
