import { PutObjectCommand } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startS3 } from "../../test/s3-engine.ts";
import { BucketUnavailable } from "../media-bucket.ts";
import { createS3Links } from "./s3-links.ts";

let s3: Awaited<ReturnType<typeof startS3>>;
const key = "image/u/2026/11/20/job/original.png";
beforeAll(async () => {
  s3 = await startS3();
  const put = { Bucket: s3.bucket, Key: key, Body: "png", ContentType: "image/png" };
  await s3.client.send(new PutObjectCommand(put));
});
afterAll(() => s3.stop());

test("a presigned URL downloads the object under its name, and says for how long", async () => {
  const disposition = 'inline; filename="job-original.png"';
  const url = await createS3Links(s3).presign(key, { disposition, seconds: 300 });
  expect(new URL(url).searchParams.get("X-Amz-Expires")).toBe("300");
  const answer = await fetch(url);
  expect([answer.status, await answer.text()]).toEqual([200, "png"]);
  expect(answer.headers.get("content-type")).toBe("image/png");
  expect(answer.headers.get("content-disposition")).toBe(disposition);
});

test("a presigned URL opens nothing else", async () => {
  const url = await createS3Links(s3).presign(key, { disposition: "inline", seconds: 300 });
  expect((await fetch(url.replace("original.png", "original-1.png"))).status).toBe(403);
});

test("an object's type is found, and that there is none", async () => {
  const { findContentType } = createS3Links(s3);
  expect(await findContentType(key)).toBe("image/png");
  expect(await findContentType("image/u/2026/11/20/job/original-1.png")).toBeNull();
});

test("a bucket that cannot be reached is unavailable", async () => {
  const gone = await startS3();
  await gone.stop();
  await expect(createS3Links(gone).findContentType(key)).rejects.toBeInstanceOf(BucketUnavailable);
});
