import { createHash, randomBytes } from "node:crypto";
import { Readable } from "node:stream";
import {
  AbortMultipartUploadCommand,
  type CompletedPart,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  type CreateMultipartUploadCommandInput,
  GetObjectCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  ListPartsCommand,
  PutObjectCommand,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import { Upload } from "@aws-sdk/lib-storage";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { failureOf, type S3UnderTest, startS3 } from "./s3-under-test.ts";

const Bucket = "media";
const fiveMegabytes = 5 * 1024 ** 2;
const big = randomBytes(fiveMegabytes);

let s3: S3UnderTest;
beforeAll(async () => {
  s3 = await startS3();
  await s3.s3.createBucket(Bucket);
});
afterAll(() => s3.stop());

async function begin(Key: string, more: Partial<CreateMultipartUploadCommandInput> = {}) {
  const { UploadId } = await s3.client.send(new CreateMultipartUploadCommand({ Bucket, Key, ...more }));
  const upload = { Bucket, Key, UploadId };
  return {
    upload,
    async part(PartNumber: number, Body: Buffer | string, more: object = {}): Promise<CompletedPart> {
      const part = await s3.client.send(new UploadPartCommand({ ...upload, PartNumber, Body, ...more }));
      const { ETag, ChecksumCRC32, ChecksumSHA256 } = part;
      return { PartNumber, ETag, ChecksumCRC32, ChecksumSHA256 };
    },
    complete: (Parts: CompletedPart[], more: object = {}) =>
      s3.client.send(new CompleteMultipartUploadCommand({ ...upload, MultipartUpload: { Parts }, ...more })),
    abort: () => s3.client.send(new AbortMultipartUploadCommand(upload)),
  };
}

const bytesOf = async (Key: string, more: object = {}) => {
  const { Body } = await s3.client.send(new GetObjectCommand({ Bucket, Key, ...more }));
  return Buffer.from((await Body?.transformToByteArray()) ?? []);
};

describe("a multipart upload", () => {
  test("becomes one object, with S3's ETag and the checksum of checksums", async () => {
    const { part, complete } = await begin("joined", {
      ChecksumAlgorithm: "SHA256",
      ContentType: "video/mp4",
      Metadata: { a: "b" },
      Tagging: "c=d",
    });
    // Uploaded out of order, and one of them twice.
    const second = await part(2, "tail", { ChecksumAlgorithm: "SHA256" });
    await part(1, "overwritten", { ChecksumAlgorithm: "SHA256" });
    const first = await part(1, big, { ChecksumAlgorithm: "SHA256" });
    const done = await complete([first, second]);
    const md5 = (bytes: Buffer | string) => createHash("md5").update(bytes).digest();
    const etag = createHash("md5").update(md5(big)).update(md5("tail")).digest("hex");
    expect(done.ETag).toBe(`"${etag}-2"`);
    expect(done.ChecksumSHA256).toMatch(/-2$/);
    expect((await bytesOf("joined")).equals(Buffer.concat([big, Buffer.from("tail")]))).toBe(true);
    const head = await s3.client.send(new HeadObjectCommand({ Bucket, Key: "joined", ChecksumMode: "ENABLED" }));
    expect(head).toMatchObject({
      ContentType: "video/mp4",
      Metadata: { a: "b" },
      ContentLength: fiveMegabytes + 4,
      ChecksumSHA256: done.ChecksumSHA256,
      ChecksumType: "COMPOSITE",
    });
  });

  test("can be read across its parts and part by part", async () => {
    expect(
      (await bytesOf("joined", { Range: `bytes=${fiveMegabytes - 2}-${fiveMegabytes + 1}` })).toString("latin1"),
    ).toBe(`${big.toString("latin1", fiveMegabytes - 2)}ta`);
    const part = await s3.client.send(new GetObjectCommand({ Bucket, Key: "joined", PartNumber: 2 }));
    expect(part).toMatchObject({
      PartsCount: 2,
      ContentLength: 4,
      ContentRange: `bytes ${fiveMegabytes}-${fiveMegabytes + 3}/${fiveMegabytes + 4}`,
    });
    expect(await part.Body?.transformToString()).toBe("tail");
    expect(await failureOf(s3.client.send(new GetObjectCommand({ Bucket, Key: "joined", PartNumber: 3 })))).toMatch(
      /^416/,
    );
  });

  test("has the checksum of all its bytes when that is asked for", async () => {
    const { part, complete } = await begin("whole", { ChecksumAlgorithm: "CRC32", ChecksumType: "FULL_OBJECT" });
    const parts = [await part(1, big), await part(2, "tail")];
    expect(await failureOf(complete(parts, { ChecksumCRC32: "AAAAAA==", ChecksumType: "FULL_OBJECT" }))).toBe(
      "400 BadDigest",
    );
    const { ChecksumCRC32 } = await complete(parts);
    const put = await s3.client.send(
      new PutObjectCommand({ Bucket, Key: "same", Body: Buffer.concat([big, Buffer.from("tail")]) }),
    );
    expect(ChecksumCRC32).toBe(put.ChecksumCRC32);
  });

  test("is refused with parts that are missing, wrong, small or in disorder, and can then still be completed", async () => {
    const { part, complete } = await begin("picky");
    const small = await part(1, "small");
    const tail = await part(2, "tail");
    expect(await failureOf(complete([small, tail]))).toBe("400 EntityTooSmall");
    expect(await failureOf(complete([tail, small]))).toBe("400 InvalidPartOrder");
    expect(await failureOf(complete([{ ...small, ETag: '"00"' }]))).toBe("400 InvalidPart");
    expect(await failureOf(complete([{ ...small, PartNumber: 3 }]))).toBe("400 InvalidPart");
    expect(await failureOf(complete([]))).toBe("400 MalformedXML");
    expect(await failureOf(part(10_001, "x"))).toBe("400 InvalidArgument");
    await complete([small]);
    expect((await bytesOf("picky")).toString()).toBe("small");
  });

  test("must name each part's checksum when it was begun with an algorithm", async () => {
    const { part, complete, abort } = await begin("checked", { ChecksumAlgorithm: "SHA256" });
    const { ETag, PartNumber } = await part(1, "x", { ChecksumAlgorithm: "SHA256" });
    expect(await failureOf(complete([{ ETag, PartNumber }]))).toBe("400 InvalidRequest");
    expect(await failureOf(part(2, "x", { ChecksumAlgorithm: "CRC32" }))).toBe("400 InvalidRequest");
    await abort();
  });

  test("answers the same when its completion is repeated, and no longer once the object is another", async () => {
    const { part, complete } = await begin("repeated");
    const parts = [await part(1, "content")];
    const [first, again] = [await complete(parts), await complete(parts)];
    expect(again.ETag).toBe(first.ETag);
    await s3.client.send(new PutObjectCommand({ Bucket, Key: "repeated", Body: "other" }));
    expect(await failureOf(complete(parts))).toBe("404 NoSuchUpload");
    expect((await bytesOf("repeated")).toString()).toBe("other");
  });

  test("lets exactly one of several completions create a key", async () => {
    const racers = await Promise.all(
      Array.from({ length: 10 }, async () => {
        const { part, complete } = await begin("raced");
        const parts = [await part(1, "x")];
        return () => complete(parts, { IfNoneMatch: "*" });
      }),
    );
    const outcomes = await Promise.allSettled(racers.map((complete) => complete()));
    expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
  });

  test("is read to its end by whoever has begun, though it is replaced meanwhile", async () => {
    const { part, complete } = await begin("replaced");
    const parts = [await part(1, big), await part(2, big), await part(3, big), await part(4, big)];
    await complete(parts);
    const files = await s3.files();
    const reading = await s3.client.send(new GetObjectCommand({ Bucket, Key: "replaced" }));
    await s3.client.send(new PutObjectCommand({ Bucket, Key: "replaced", Body: "other" }));
    const bytes = (await reading.Body?.transformToByteArray()) ?? Buffer.alloc(0);
    expect(Buffer.concat([big, big, big, big]).equals(bytes)).toBe(true);
    await expect.poll(s3.files).toHaveLength(files.length - 3);
  });

  test("leaves nothing once it is aborted", async () => {
    const files = await s3.files();
    const { part, abort, complete } = await begin("aborted");
    const parts = [await part(1, "content")];
    await abort();
    expect(await failureOf(complete(parts))).toBe("404 NoSuchUpload");
    expect(await failureOf(part(1, "late"))).toBe("404 NoSuchUpload");
    await expect.poll(s3.files).toHaveLength(files.length);
  });
});

test("parts and uploads under way are listed in pages", async () => {
  const uploads = [await begin("open/a"), await begin("open/b/1"), await begin("open/b/2"), await begin("open/c")];
  const [first] = uploads;
  for (const number of [1, 3, 2]) await first?.part(number, `part ${number}`);
  const listParts = (more: object) =>
    s3.client.send(
      new ListPartsCommand({ ...first?.upload, Bucket, Key: "open/a", UploadId: first?.upload.UploadId, ...more }),
    );
  const page = await listParts({ MaxParts: 2 });
  expect(page).toMatchObject({
    IsTruncated: true,
    NextPartNumberMarker: "2",
    Parts: [{ PartNumber: 1, Size: 6 }, { PartNumber: 2 }],
  });
  const rest = await listParts({ MaxParts: 2, PartNumberMarker: page.NextPartNumberMarker });
  expect(rest).toMatchObject({ IsTruncated: false, Parts: [{ PartNumber: 3 }] });

  const list = (more: object) => s3.client.send(new ListMultipartUploadsCommand({ Bucket, Prefix: "open/", ...more }));
  expect((await list({})).Uploads?.map(({ Key }) => Key)).toEqual(["open/a", "open/b/1", "open/b/2", "open/c"]);
  const grouped = await list({ Delimiter: "/", MaxUploads: 2 });
  expect(grouped).toMatchObject({
    IsTruncated: true,
    Uploads: [{ Key: "open/a" }],
    CommonPrefixes: [{ Prefix: "open/b/" }],
  });
  const { NextKeyMarker: KeyMarker, NextUploadIdMarker: UploadIdMarker } = grouped;
  const last = await list({ Delimiter: "/", KeyMarker, UploadIdMarker });
  expect(last).toMatchObject({ IsTruncated: false, Uploads: [{ Key: "open/c" }] });
  await Promise.all(uploads.map(({ abort }) => abort()));
});

test("lib-storage's Upload of a stream of unknown length arrives whole", async () => {
  const pieces = [big, big, Buffer.from("tail")];
  const upload = new Upload({ client: s3.client, params: { Bucket, Key: "uploaded", Body: Readable.from(pieces) } });
  await upload.done();
  expect((await bytesOf("uploaded")).equals(Buffer.concat(pieces))).toBe(true);
});

test("lib-storage's Upload leaves nothing when its source fails", async () => {
  const files = await s3.files();
  const failing = Readable.from(
    (async function* () {
      yield big;
      yield big;
      throw new Error("the source broke");
    })(),
  );
  const upload = new Upload({ client: s3.client, params: { Bucket, Key: "broken", Body: failing } });
  await expect(upload.done()).rejects.toThrow("the source broke");
  const { Uploads } = await s3.client.send(new ListMultipartUploadsCommand({ Bucket, Prefix: "broken" }));
  expect(Uploads).toBeUndefined();
  await expect.poll(s3.files).toHaveLength(files.length);
});
