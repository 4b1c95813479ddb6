import { ListObjectsCommand, type ListObjectsCommandInput, PutObjectCommand } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, expect, test } from "vitest";
import { failureOf, type S3UnderTest, startS3 } from "./s3-under-test.ts";

const Bucket = "media";
const keys = ["a", "a/1", "a/2/x", "a/2/y", "a/3/z", "a/4", "b&<c>"];
let s3: S3UnderTest;
beforeAll(async () => {
  s3 = await startS3();
  await s3.s3.createBucket(Bucket);
  await Promise.all(keys.map((Key) => s3.client.send(new PutObjectCommand({ Bucket, Key, Body: "x" }))));
});
afterAll(() => s3.stop());

const list = (more: Partial<ListObjectsCommandInput> = {}) =>
  s3.client.send(new ListObjectsCommand({ Bucket, ...more }));

/** Page by page as the older clients do: from the marker that is told, else from the last key. */
async function pages(more: Partial<ListObjectsCommandInput>) {
  const found: { names: (string | undefined)[]; next: string | undefined }[] = [];
  let Marker: string | undefined;
  for (;;) {
    const page = await list({ ...more, Marker });
    const listed = (page.Contents ?? []).map(({ Key }) => Key);
    const names = [...listed, ...(page.CommonPrefixes ?? []).map(({ Prefix }) => Prefix)].sort();
    found.push({ names, next: page.NextMarker });
    if (!page.IsTruncated) return found;
    Marker = page.NextMarker ?? names.at(-1);
  }
}

test("the older listing pages by the last key, and names its owner", async () => {
  const listed = await pages({ MaxKeys: 3 });
  expect(listed.flatMap(({ names }) => names)).toEqual(keys);
  expect(listed.map(({ next }) => next)).toEqual([undefined, undefined, undefined]);
  expect((await list({ Marker: "a/4" })).Contents).toMatchObject([{ Key: "b&<c>", Owner: { ID: "000000000000" } }]);
});

test("with a delimiter it says where the next page begins, and gives no common prefix twice", async () => {
  expect(await pages({ Prefix: "a/", Delimiter: "/", MaxKeys: 1 })).toEqual([
    { names: ["a/1"], next: "a/1" },
    { names: ["a/2/"], next: "a/2/" },
    { names: ["a/3/"], next: "a/3/" },
    { names: ["a/4"], next: undefined },
  ]);
  const beyond = await list({ Prefix: "a/", Delimiter: "/", Marker: "a/2/x" });
  expect(beyond.CommonPrefixes).toEqual([{ Prefix: "a/3/" }]);
});

test("it percent-encodes when asked, and refuses what it cannot read", async () => {
  const page = await list({ Delimiter: "&", MaxKeys: 7, EncodingType: "url" });
  expect(page).toMatchObject({ Delimiter: "%26", CommonPrefixes: [{ Prefix: "b%26" }], IsTruncated: false });
  expect(await failureOf(list({ MaxKeys: -1 }))).toBe("400 InvalidArgument");
  expect(await failureOf(list({ Bucket: "nowhere" }))).toBe("404 NoSuchBucket");
});
