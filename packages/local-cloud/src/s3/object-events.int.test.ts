import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  PutBucketLifecycleConfigurationCommand,
  PutBucketNotificationConfigurationCommand,
  PutObjectCommand,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import { createPresignedPost } from "@aws-sdk/s3-presigned-post";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { ObjectEvent } from "./object-events.ts";
import { type S3UnderTest, startS3 } from "./s3-under-test.ts";

const Bucket = "media";
let dataDir: string;
let clockOffset = 0;
let isDown = false;
let heard: ObjectEvent[] = [];
let s3: S3UnderTest;
const start = () =>
  startS3({
    dataDir,
    now: () => Date.now() + clockOffset,
    async announce(events) {
      if (isDown) throw new Error("EventBridge is down");
      heard.push(...events);
    },
  });
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "s3-events-"));
  clockOffset = 0;
  isDown = false;
  heard = [];
  s3 = await start();
  await s3.s3.createBucket(Bucket);
  await tell({ EventBridgeConfiguration: {} });
});
afterEach(async () => {
  await s3.stop();
  await rm(dataDir, { recursive: true });
});

const tell = (NotificationConfiguration: object) =>
  s3.client.send(new PutBucketNotificationConfigurationCommand({ Bucket, NotificationConfiguration }));
const put = (Key: string) => s3.client.send(new PutObjectCommand({ Bucket, Key, Body: "test" }));
const told = () => heard.map(({ detailType, detail }) => `${detailType}: ${detail["reason"]}`);

test("objects are announced as AWS announces them, when they come and when they go", async () => {
  await put("käy/1");
  await s3.client.send(new DeleteObjectCommand({ Bucket, Key: "käy/1" }));
  await s3.client.send(new DeleteObjectCommand({ Bucket, Key: "never there" }));
  await expect.poll(() => heard).toHaveLength(2);
  const common = {
    version: "0",
    bucket: { name: Bucket },
    "request-id": expect.stringMatching(/^[0-9A-F]{16}$/),
    requester: "000000000000",
    "source-ip-address": expect.stringContaining("127.0.0.1"),
  };
  const sequencer = expect.stringMatching(/^[0-9A-F]{18}$/);
  const envelope = { source: "aws.s3", resources: ["arn:aws:s3:::media"], time: expect.any(Number) };
  expect(heard).toEqual([
    {
      ...envelope,
      detailType: "Object Created",
      detail: {
        ...common,
        object: { key: "käy/1", size: 4, etag: "098f6bcd4621d373cade4e832627b4f6", sequencer },
        reason: "PutObject",
      },
    },
    {
      ...envelope,
      detailType: "Object Deleted",
      detail: {
        ...common,
        object: { key: "käy/1", sequencer },
        reason: "DeleteObject",
        "deletion-type": "Permanently Deleted",
      },
    },
  ]);
});

test("every way to make or lose an object is told apart", async () => {
  await put("a");
  await s3.client.send(new CopyObjectCommand({ Bucket, Key: "b", CopySource: `${Bucket}/a` }));
  const { UploadId } = await s3.client.send(new CreateMultipartUploadCommand({ Bucket, Key: "c" }));
  const target = { Bucket, Key: "c", UploadId };
  const { ETag } = await s3.client.send(new UploadPartCommand({ ...target, PartNumber: 1, Body: "x" }));
  const complete = { ...target, MultipartUpload: { Parts: [{ PartNumber: 1, ETag }] } };
  await s3.client.send(new CompleteMultipartUploadCommand(complete));
  await s3.client.send(new CompleteMultipartUploadCommand(complete));
  const { url, fields } = await createPresignedPost(s3.client, { Bucket, Key: "d" });
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.append(name, value);
  form.append("file", new Blob(["x"]));
  await fetch(url, { method: "POST", body: form });
  await s3.client.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects: [{ Key: "a" }, { Key: "none" }] } }));
  const rule = { ID: "r", Status: "Enabled" as const, Filter: { Prefix: "b" }, Expiration: { Days: 1 } };
  const LifecycleConfiguration = { Rules: [rule] };
  await s3.client.send(new PutBucketLifecycleConfigurationCommand({ Bucket, LifecycleConfiguration }));
  clockOffset = 3 * 86_400_000;
  await s3.s3.sweep();
  await expect
    .poll(told)
    .toEqual([
      "Object Created: PutObject",
      "Object Created: CopyObject",
      "Object Created: CompleteMultipartUpload",
      "Object Created: POST Object",
      "Object Deleted: DeleteObject",
      "Object Deleted: Lifecycle Expiration",
    ]);
  const sequencers = heard.map(({ detail }) => JSON.stringify(detail["object"]).replace(/.*"sequencer":/, ""));
  expect(sequencers).toEqual(sequencers.toSorted());
});

test("a bucket that was not told to tell says nothing", async () => {
  await tell({});
  await put("unheard");
  await tell({ EventBridgeConfiguration: {} });
  await put("heard");
  await expect.poll(() => heard.map(({ detail }) => detail["object"])).toMatchObject([{ key: "heard" }]);
});

test("what could not be announced is announced later, also after a restart, in its order", async () => {
  isDown = true;
  await put("1");
  await expect.poll(() => s3.reports.join()).toContain("S3 could not announce what happened to objects");
  await put("2");
  await s3.stop();
  isDown = false;
  s3 = await start();
  await expect.poll(() => heard.map(({ detail }) => detail["object"])).toMatchObject([{ key: "1" }, { key: "2" }]);
});
