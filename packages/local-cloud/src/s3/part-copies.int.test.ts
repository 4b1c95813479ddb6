import {
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  GetObjectAttributesCommand,
  GetObjectCommand,
  ListPartsCommand,
  type ObjectAttributes,
  PutObjectCommand,
  UploadPartCopyCommand,
  type UploadPartCopyCommandInput,
} from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { failureOf, type S3UnderTest, startS3 } from "./s3-under-test.ts";

const Bucket = "media";
const MiB = 1024 ** 2;
const bytes = Buffer.from(Array.from({ length: 6 * MiB }, (_, index) => (index * 7 + (index >> 8)) % 256));
let s3: S3UnderTest;
beforeAll(async () => {
  s3 = await startS3();
  await s3.s3.createBucket(Bucket);
  await s3.client.send(new PutObjectCommand({ Bucket, Key: "source é", Body: bytes }));
});
afterAll(() => s3.stop());

const begin = async (Key: string, more: object = {}) => {
  const { UploadId } = await s3.client.send(new CreateMultipartUploadCommand({ Bucket, Key, ...more }));
  const target = { Bucket, Key, UploadId };
  return {
    target,
    copy: (PartNumber: number, also: Partial<UploadPartCopyCommandInput> = {}) =>
      s3.client.send(
        new UploadPartCopyCommand({
          ...target,
          PartNumber,
          CopySource: `${Bucket}/${encodeURIComponent("source é")}`,
          ...also,
        }),
      ),
  };
};

const attributes = async (Key: string, more: object = {}) => {
  const ObjectAttributes: ObjectAttributes[] = ["ETag", "Checksum", "ObjectParts", "StorageClass", "ObjectSize"];
  const answer = await s3.client.send(new GetObjectAttributesCommand({ Bucket, Key, ObjectAttributes, ...more }));
  const { $metadata, LastModified, ...rest } = answer;
  expect(LastModified).toBeInstanceOf(Date);
  return rest;
};

describe("parts that are copied", () => {
  test("make an object of the ranges that they name, whose attributes tell its parts", async () => {
    const { target, copy } = await begin("joined", { ChecksumAlgorithm: "SHA256" });
    const first = await copy(1, { CopySourceRange: `bytes=0-${5 * MiB - 1}` });
    const second = await copy(3, { CopySourceRange: `bytes=${5 * MiB}-${6 * MiB - 1}` });
    expect(first.ServerSideEncryption).toBe("AES256");
    const listed = (await s3.client.send(new ListPartsCommand(target))).Parts;
    expect(listed?.map(({ Size }) => Size)).toEqual([5 * MiB, MiB]);
    const Parts = [
      { PartNumber: 1, ...first.CopyPartResult },
      { PartNumber: 3, ...second.CopyPartResult },
    ];
    await s3.client.send(new CompleteMultipartUploadCommand({ ...target, MultipartUpload: { Parts } }));
    const got = await s3.client.send(new GetObjectCommand({ Bucket, Key: "joined" }));
    expect(Buffer.from((await got.Body?.transformToByteArray()) ?? []).equals(bytes)).toBe(true);

    const found = await attributes("joined");
    expect(found).toMatchObject({
      ETag: expect.stringMatching(/^[0-9a-f]{32}-2$/),
      ObjectSize: 6 * MiB,
      StorageClass: "STANDARD",
      Checksum: { ChecksumType: "COMPOSITE", ChecksumSHA256: expect.stringMatching(/-2$/) },
    });
    expect(found.ObjectParts).toMatchObject({
      TotalPartsCount: 2,
      IsTruncated: false,
      Parts: [
        { PartNumber: 1, Size: 5 * MiB, ChecksumSHA256: first.CopyPartResult?.ChecksumSHA256 },
        { PartNumber: 3, Size: MiB, ChecksumSHA256: second.CopyPartResult?.ChecksumSHA256 },
      ],
    });
    const page = (await attributes("joined", { MaxParts: 1, PartNumberMarker: "1" })).ObjectParts;
    expect(page?.Parts?.map(({ PartNumber }) => PartNumber)).toEqual([3]);
  });

  test("are refused beyond the source's end, without a readable range, against a condition, and without an upload", async () => {
    const { copy } = await begin("refused");
    expect(await failureOf(copy(1, { CopySourceRange: `bytes=0-${6 * MiB}` }))).toBe("400 InvalidArgument");
    expect(await failureOf(copy(1, { CopySourceRange: "bytes=-5" }))).toBe("400 InvalidArgument");
    expect(await failureOf(copy(1, { CopySourceIfMatch: '"other"' }))).toBe("412 PreconditionFailed");
    expect(await failureOf(copy(1, { UploadId: "none" }))).toBe("404 NoSuchUpload");
    expect(await failureOf(copy(0))).toBe("400 InvalidArgument");
    expect(await failureOf(copy(1, { CopySource: `${Bucket}/none` }))).toBe("404 NoSuchKey");
  });
});

test("attributes are told as they are asked for, of an object that was put whole", async () => {
  const { ETag, ...whole } = await attributes("source é");
  expect(ETag).toMatch(/^[0-9a-f]{32}$/);
  expect(whole).toMatchObject({ ObjectSize: 6 * MiB, Checksum: { ChecksumType: "FULL_OBJECT" } });
  expect(whole.ObjectParts).toBeUndefined();
  expect(await attributes("source é", { ObjectAttributes: ["ObjectSize"] })).toEqual({ ObjectSize: 6 * MiB });
  const odd = attributes("source é", { ObjectAttributes: ["Colour"] });
  expect(await failureOf(odd)).toBe("400 InvalidArgument");
  expect(await failureOf(attributes("none"))).toBe("404 NoSuchKey");
});
