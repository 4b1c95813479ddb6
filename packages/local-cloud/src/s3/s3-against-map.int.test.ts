import { createHash } from "node:crypto";
import {
  CopyObjectCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
} from "@aws-sdk/client-s3";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { failureOf, type S3UnderTest, startS3 } from "./s3-under-test.ts";

let s3: S3UnderTest;
beforeAll(async () => {
  s3 = await startS3();
});
afterAll(() => s3.stop());

type Model = Map<string, Buffer>;
interface Target {
  bucket: string;
  model: Model;
}
type Step = (target: Target) => Promise<void>;

const etagOf = (bytes: Uint8Array) => `"${createHash("md5").update(bytes).digest("hex")}"`;
const copyable = fc.constantFrom("a", "a/b", "a/b/c", "a b+c", "é", "\u{1F600}", "<&>'\"%2F");
const body = fc.uint8Array({ maxLength: 3000 }).map((bytes) => Buffer.from(bytes));

/** Each step does the same to S3 and to a Map of bytes, and compares what can be seen. */
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.tuple(copyable, body).map(([Key, Body]) => async ({ bucket, model }: Target) => {
    const { ETag } = await s3.client.send(new PutObjectCommand({ Bucket: bucket, Key, Body }));
    expect(ETag).toBe(etagOf(Body));
    model.set(Key, Body);
  }),
  fc.tuple(copyable, body).map(([Key, Body]) => async ({ bucket, model }: Target) => {
    const creation = s3.client.send(new PutObjectCommand({ Bucket: bucket, Key, Body, IfNoneMatch: "*" }));
    if (model.has(Key)) expect(await failureOf(creation)).toBe("412 PreconditionFailed");
    else {
      await creation;
      model.set(Key, Body);
    }
  }),
  copyable.map((Key) => async ({ bucket, model }: Target) => {
    await s3.client.send(new DeleteObjectCommand({ Bucket: bucket, Key }));
    model.delete(Key);
  }),
  fc.tuple(copyable, copyable).map(([from, Key]) => async ({ bucket, model }: Target) => {
    const bytes = model.get(from);
    const CopySource = `${bucket}/${encodeURIComponent(from)}`;
    const copy = s3.client.send(
      new CopyObjectCommand({ Bucket: bucket, CopySource, Key, MetadataDirective: "REPLACE" }),
    );
    if (!bytes) expect(await failureOf(copy)).toBe("404 NoSuchKey");
    else {
      await copy;
      model.set(Key, bytes);
    }
  }),
  fc.tuple(copyable, fc.nat(3000), fc.nat(3000)).map(([Key, first, length]) => async ({ bucket, model }: Target) => {
    const expected = model.get(Key);
    const Range = `bytes=${first}-${first + length}`;
    const read = s3.client.send(new GetObjectCommand({ Bucket: bucket, Key, Range }));
    if (!expected) expect(await failureOf(read)).toBe("404 NoSuchKey");
    else if (first >= expected.length) expect(await failureOf(read)).toBe("416 InvalidRange");
    else {
      const bytes = (await (await read).Body?.transformToByteArray()) ?? Buffer.alloc(0);
      expect(expected.subarray(first, first + length + 1).equals(bytes)).toBe(true);
    }
  }),
  fc.constantFrom("", "a", "a/").map((Prefix) => async ({ bucket, model }: Target) => {
    const { Contents = [] } = await s3.client.send(new ListObjectsV2Command({ Bucket: bucket, Prefix }));
    const expected = [...model]
      .filter(([key]) => key.startsWith(Prefix))
      .sort(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
    expect(Contents.map(({ Key, Size, ETag }) => [Key, Size, ETag])).toEqual(
      expected.map(([key, bytes]) => [key, bytes.length, etagOf(bytes)]),
    );
  }),
);

test("S3 behaves as a map of bytes, whatever is done to it", async () => {
  let bucketNumber = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
      const target = { bucket: `bucket-${bucketNumber++}`, model: new Map<string, Buffer>() };
      await s3.s3.createBucket(target.bucket);
      for (const act of steps) await act(target);
    }),
    { numRuns: 40 },
  );
});
