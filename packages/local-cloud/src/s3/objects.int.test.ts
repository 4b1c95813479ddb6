import { randomBytes } from "node:crypto";
import { Readable } from "node:stream";
import {
  CopyObjectCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  DeleteObjectTaggingCommand,
  GetObjectCommand,
  type GetObjectCommandInput,
  GetObjectTaggingCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  PutObjectCommand,
  PutObjectTaggingCommand,
} from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { failureOf, type S3UnderTest, startS3 } from "./s3-under-test.ts";

let s3: S3UnderTest;
beforeAll(async () => {
  s3 = await startS3();
  await s3.s3.createBucket("media");
});
afterAll(() => s3.stop());

const Bucket = "media";
const put = (Key: string, Body: string | Buffer | Readable, more: object = {}) =>
  s3.client.send(new PutObjectCommand({ Bucket, Key, Body, ...more }));
const get = (Key: string, more: Partial<GetObjectCommandInput> = {}) =>
  s3.client.send(new GetObjectCommand({ Bucket, Key, ...more }));
const read = async (Key: string, more: Partial<GetObjectCommandInput> = {}) =>
  (await get(Key, more)).Body?.transformToString();

describe("an object", () => {
  test("comes back with its bytes, type, metadata and checksum", async () => {
    const bytes = randomBytes(100_000);
    const stored = await put("a/b c+ü.png", bytes, {
      ContentType: "image/png",
      CacheControl: "max-age=60",
      ContentDisposition: 'inline; filename="x.png"',
      ContentEncoding: "identity",
      Metadata: { Prompt: "a cat", job: "42" },
    });
    const found = await get("a/b c+ü.png", { ChecksumMode: "ENABLED" });
    expect(bytes.equals((await found.Body?.transformToByteArray()) ?? Buffer.alloc(0))).toBe(true);
    expect(found).toMatchObject({
      ContentType: "image/png",
      CacheControl: "max-age=60",
      ContentDisposition: 'inline; filename="x.png"',
      ContentEncoding: "identity",
      ContentLength: 100_000,
      Metadata: { prompt: "a cat", job: "42" },
      ETag: stored.ETag,
      ChecksumCRC32: stored.ChecksumCRC32,
      ChecksumType: "FULL_OBJECT",
      AcceptRanges: "bytes",
    });
  });

  test("may be empty", async () => {
    await put("empty", "");
    expect(await read("empty")).toBe("");
    expect(await failureOf(get("empty", { Range: "bytes=0-" }))).toBe("416 InvalidRange");
  });

  test("streams in with its checksum in the trailer, which is no part of it", async () => {
    const bytes = randomBytes(300_000);
    const pieces = [bytes.subarray(0, 70_001), bytes.subarray(70_001)];
    await put("streamed", Readable.from(pieces), { ContentLength: bytes.length, ChecksumAlgorithm: "SHA256" });
    const found = await get("streamed", { ChecksumMode: "ENABLED" });
    expect(bytes.equals((await found.Body?.transformToByteArray()) ?? Buffer.alloc(0))).toBe(true);
    expect(found.ChecksumSHA256).toMatch(/=$/);
    expect(found.ContentEncoding).toBeUndefined();
  });

  test.each(["CRC32", "CRC32C", "CRC64NVME", "SHA1", "SHA256"] as const)(
    "is refused when its %s is wrong",
    async (name) => {
      const length = { CRC32: 4, CRC32C: 4, CRC64NVME: 8, SHA1: 20, SHA256: 32 }[name];
      const wrong = { [`Checksum${name}`]: Buffer.alloc(length).toString("base64") };
      expect(await failureOf(put("wrong", "content", wrong))).toBe("400 BadDigest");
      const malformed = { [`Checksum${name}`]: "AA==" };
      expect(await failureOf(put("wrong", "content", malformed))).toBe("400 InvalidRequest");
      expect(await failureOf(get("wrong"))).toBe("404 NoSuchKey");
    },
  );

  test("is refused when its Content-MD5 is wrong", async () => {
    expect(await failureOf(put("md5", "content", { ContentMD5: Buffer.alloc(16).toString("base64") }))).toBe(
      "400 BadDigest",
    );
    expect(await failureOf(put("md5", "content", { ContentMD5: "bm90IDE2" }))).toBe("400 InvalidDigest");
  });

  test("is replaced whole, also while somebody reads it, and its old bytes are freed then", async () => {
    const old = randomBytes(3_000_000);
    await put("replaced", old);
    const before = await get("replaced");
    const files = await s3.files();
    await put("replaced", "new");
    expect(old.equals((await before.Body?.transformToByteArray()) ?? Buffer.alloc(0))).toBe(true);
    expect(await read("replaced")).toBe("new");
    await expect.poll(async () => (await s3.files()).length).toBe(files.length);
  });

  test("is not found after its deletion, which may be repeated", async () => {
    await put("gone", "content");
    for (let time = 0; time < 2; time++) {
      await s3.client.send(new DeleteObjectCommand({ Bucket, Key: "gone" }));
    }
    expect(await failureOf(get("gone"))).toBe("404 NoSuchKey");
    expect(await failureOf(s3.client.send(new HeadObjectCommand({ Bucket, Key: "gone" })))).toBe("404 NotFound");
  });

  test("is refused with a key or metadata beyond S3's limits", async () => {
    expect(await failureOf(put("k".repeat(1025), ""))).toBe("400 KeyTooLongError");
    expect(await failureOf(put("fat", "", { Metadata: { a: "x".repeat(2048) } }))).toBe("400 MetadataTooLarge");
  });

  test("has no bucket to go to when the bucket does not exist", async () => {
    expect(await failureOf(put("k", "", { Bucket: "nowhere" }))).toBe("404 NoSuchBucket");
    expect(await failureOf(get("k", { Bucket: "nowhere" }))).toBe("404 NoSuchBucket");
  });
});

describe("a range", () => {
  test.each([
    ["bytes=2-4", "234", "bytes 2-4/10"],
    ["bytes=7-", "789", "bytes 7-9/10"],
    ["bytes=-3", "789", "bytes 7-9/10"],
    ["bytes=-99", "0123456789", "bytes 0-9/10"],
    ["bytes=5-99", "56789", "bytes 5-9/10"],
  ])("%s gives %s", async (Range, text, ContentRange) => {
    await put("digits", "0123456789");
    const found = await get("digits", { Range });
    expect(found).toMatchObject({ ContentRange, ContentLength: text.length, $metadata: { httpStatusCode: 206 } });
    expect(await found.Body?.transformToString()).toBe(text);
  });

  test("beyond the end is refused, an unreadable one ignored", async () => {
    expect(await failureOf(get("digits", { Range: "bytes=10-" }))).toBe("416 InvalidRange");
    expect(await failureOf(get("digits", { Range: "bytes=-0" }))).toBe("416 InvalidRange");
    expect(await read("digits", { Range: "bytes=4-2" })).toBe("0123456789");
    expect(await read("digits", { Range: "bytes=0-1,3-4" })).toBe("0123456789");
  });
});

describe("a condition", () => {
  test("lets exactly one of 20 racers create a key", async () => {
    const racers = Array.from({ length: 20 }, (_, index) => put("raced", `racer ${index}`, { IfNoneMatch: "*" }));
    const outcomes = await Promise.allSettled(racers);
    const winners = outcomes.flatMap(({ status }, index) => (status === "fulfilled" ? [index] : []));
    expect(winners).toHaveLength(1);
    expect(await read("raced")).toBe(`racer ${winners[0]}`);
    expect(await failureOf(put("raced", "late", { IfNoneMatch: "*" }))).toBe("412 PreconditionFailed");
  });

  test("lets exactly one of 20 racers replace a version", async () => {
    const { ETag } = await put("counter", "0");
    const racers = Array.from({ length: 20 }, (_, index) => put("counter", `${index + 1}`, { IfMatch: ETag }));
    const outcomes = await Promise.allSettled(racers);
    expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    expect(await failureOf(put("absent", "x", { IfMatch: ETag }))).toBe("404 NoSuchKey");
  });

  test("guards a read", async () => {
    const { ETag } = await put("guarded", "content");
    const past = new Date(Date.now() - 86_400_000);
    const future = new Date(Date.now() + 86_400_000);
    expect(await read("guarded", { IfMatch: ETag })).toBe("content");
    expect(await failureOf(get("guarded", { IfMatch: '"other"' }))).toBe("412 PreconditionFailed");
    expect(await failureOf(get("guarded", { IfNoneMatch: ETag }))).toMatch(/^304/);
    expect(await failureOf(get("guarded", { IfModifiedSince: new Date() }))).toMatch(/^304/);
    expect(await read("guarded", { IfModifiedSince: past })).toBe("content");
    expect(await failureOf(get("guarded", { IfUnmodifiedSince: past }))).toBe("412 PreconditionFailed");
    expect(await read("guarded", { IfUnmodifiedSince: future })).toBe("content");
  });

  test("guards a deletion", async () => {
    const { ETag } = await put("deletable", "content");
    const remove = (IfMatch: string | undefined) =>
      s3.client.send(new DeleteObjectCommand({ Bucket, Key: "deletable", IfMatch }));
    expect(await failureOf(remove('"other"'))).toBe("412 PreconditionFailed");
    await remove(ETag);
    expect(await failureOf(get("deletable"))).toBe("404 NoSuchKey");
  });
});

describe("a copy", () => {
  const copy = (CopySource: string, Key: string, more: object = {}) =>
    s3.client.send(new CopyObjectCommand({ Bucket, CopySource, Key, ...more }));

  test("takes bytes, metadata and tags along", async () => {
    await put("from/ö +.txt", "content", { ContentType: "text/plain", Metadata: { a: "b" }, Tagging: "t=1" });
    const { CopyObjectResult } = await copy(`media/${encodeURIComponent("from/ö +.txt")}`, "to.txt");
    const found = await get("to.txt");
    expect(found).toMatchObject({
      ContentType: "text/plain",
      Metadata: { a: "b" },
      TagCount: 1,
      ETag: CopyObjectResult?.ETag,
    });
    expect(await found.Body?.transformToString()).toBe("content");
  });

  test("replaces metadata when told, also onto itself", async () => {
    await put("self", "content", { Metadata: { a: "b" } });
    expect(await failureOf(copy("media/self", "self"))).toBe("400 InvalidRequest");
    await copy("media/self", "self", { MetadataDirective: "REPLACE", Metadata: { c: "d" }, ContentType: "text/css" });
    expect(await get("self")).toMatchObject({ Metadata: { c: "d" }, ContentType: "text/css" });
    expect(await read("self")).toBe("content");
  });

  test("is refused without a source or against its conditions", async () => {
    await put("there", "content");
    expect(await failureOf(copy("media/nothing", "x"))).toBe("404 NoSuchKey");
    expect(await failureOf(copy("media/there", "x", { CopySourceIfMatch: '"no"' }))).toBe("412 PreconditionFailed");
    expect(await failureOf(copy("media/there", "there", { MetadataDirective: "REPLACE", IfNoneMatch: "*" }))).toBe(
      "412 PreconditionFailed",
    );
  });
});

test("tags are put with the object, read, replaced and removed", async () => {
  const tagsOf = async () =>
    (await s3.client.send(new GetObjectTaggingCommand({ Bucket, Key: "tagged" }))).TagSet?.map((tag) => [
      tag.Key,
      tag.Value,
    ]);
  await put("tagged", "content", { Tagging: "state=new&a+b=%C3%BC" });
  expect(await tagsOf()).toEqual([
    ["state", "new"],
    ["a b", "ü"],
  ]);
  const replace = (TagSet: { Key: string; Value: string }[]) =>
    s3.client.send(new PutObjectTaggingCommand({ Bucket, Key: "tagged", Tagging: { TagSet } }));
  await replace([{ Key: "x", Value: "a + b @ c" }]);
  expect(await tagsOf()).toEqual([["x", "a + b @ c"]]);
  const eleven = Array.from({ length: 11 }, (_, index) => ({ Key: `k${index}`, Value: "" }));
  expect(await failureOf(replace(eleven))).toMatch(/^400/);
  expect(await failureOf(replace([{ Key: "<&>", Value: "" }]))).toBe("400 InvalidTag");
  await s3.client.send(new DeleteObjectTaggingCommand({ Bucket, Key: "tagged" }));
  expect(await tagsOf()).toEqual([]);
  expect(await read("tagged")).toBe("content");
});

test("many objects are deleted at once, keys that XML must escape included", async () => {
  const keys = ["del/<&>\"'", "del/a b+%", "del/ü\u{1F600}"];
  for (const key of keys) await put(key, "x");
  const answer = await s3.client.send(
    new DeleteObjectsCommand({
      Bucket,
      Delete: { Objects: [...keys.map((Key) => ({ Key })), { Key: "del/absent" }, { Key: "digits", ETag: "other" }] },
    }),
  );
  expect(answer.Deleted?.map(({ Key }) => Key)).toEqual([...keys, "del/absent"]);
  expect(answer.Errors).toMatchObject([{ Key: "digits", Code: "PreconditionFailed" }]);
  expect((await s3.client.send(new ListObjectsV2Command({ Bucket, Prefix: "del/" }))).KeyCount).toBe(0);
});

test("a header or an operation that is not claimed is refused and named", async () => {
  expect(await failureOf(put("cold", "x", { StorageClass: "GLACIER" }))).toBe("501 NotImplemented");
  const versions = s3.client.send(new ListObjectVersionsCommand({ Bucket }));
  expect(await failureOf(versions)).toBe("501 NotImplemented");
  expect(s3.reports).toEqual([
    "unsupported by S3: PUT /media/cold: x-amz-storage-class",
    "unsupported by S3: GET /media/: GET bucket?versions is not supported by this endpoint.",
  ]);
});
