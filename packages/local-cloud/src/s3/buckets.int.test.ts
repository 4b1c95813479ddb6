import {
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteBucketCommand,
  DeleteBucketCorsCommand,
  DeleteBucketLifecycleCommand,
  DeleteObjectCommand,
  GetBucketCorsCommand,
  GetBucketLifecycleConfigurationCommand,
  GetBucketLocationCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListBucketsCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  type ListObjectsV2CommandInput,
  PutBucketCorsCommand,
  PutBucketLifecycleConfigurationCommand,
  PutObjectCommand,
} from "@aws-sdk/client-s3";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { failureOf, type S3UnderTest, startS3 } from "./s3-under-test.ts";

const day = 86_400_000;
let clockOffset = 0;
let s3: S3UnderTest;
beforeEach(async () => {
  clockOffset = 0;
  s3 = await startS3({ now: () => Date.now() + clockOffset });
});
afterEach(() => s3.stop());

/** The client's clock goes along, or its signatures would be too old. */
function moveClock(milliseconds: number): void {
  clockOffset = milliseconds;
  s3.client.config.systemClockOffset = milliseconds;
}

const put = (Bucket: string, Key: string, more: object = {}) =>
  s3.client.send(new PutObjectCommand({ Bucket, Key, Body: "x", ...more }));

test("a bucket is created, seen, listed, and deleted once it is empty", async () => {
  const { client } = s3;
  expect(await failureOf(client.send(new CreateBucketCommand({ Bucket: "Bad_Name" })))).toBe("400 InvalidBucketName");
  expect(await failureOf(client.send(new HeadBucketCommand({ Bucket: "one" })))).toBe("404 NotFound");
  for (const Bucket of ["two", "one", "one"]) await client.send(new CreateBucketCommand({ Bucket }));
  expect(await client.send(new HeadBucketCommand({ Bucket: "one" }))).toMatchObject({ BucketRegion: "us-east-1" });
  expect((await client.send(new GetBucketLocationCommand({ Bucket: "one" }))).LocationConstraint).toBeUndefined();
  const first = await client.send(new ListBucketsCommand({ MaxBuckets: 1 }));
  expect(first.Buckets?.map(({ Name }) => Name)).toEqual(["one"]);
  const rest = await client.send(new ListBucketsCommand({ ContinuationToken: first.ContinuationToken }));
  expect(rest.Buckets?.map(({ Name }) => Name)).toEqual(["two"]);

  await put("one", "key");
  expect(await failureOf(client.send(new DeleteBucketCommand({ Bucket: "one" })))).toBe("409 BucketNotEmpty");
  await client.send(new DeleteObjectCommand({ Bucket: "one", Key: "key" }));
  await client.send(new DeleteBucketCommand({ Bucket: "one" }));
  expect(await failureOf(put("one", "key"))).toBe("404 NoSuchBucket");
});

describe("a listing", () => {
  const keys = ["Z", "a", "a/1", "a/2/x", "a/2/y", "b&<c>", "\u{ffff}", "\u{1F600}"];
  const list = (more: Partial<ListObjectsV2CommandInput> = {}) =>
    s3.client.send(new ListObjectsV2Command({ Bucket: "media", ...more }));
  const keysOf = async (more: Partial<ListObjectsV2CommandInput> = {}) =>
    (await list(more)).Contents?.map(({ Key }) => Key);

  beforeEach(async () => {
    await s3.s3.createBucket("media");
    await Promise.all(keys.map((key) => put("media", key)));
  });

  test("is in the order of the keys' bytes, in pages that lose nothing", async () => {
    expect(await keysOf()).toEqual(keys);
    const found: (string | undefined)[] = [];
    let ContinuationToken: string | undefined;
    do {
      const page = await list({ MaxKeys: 3, ContinuationToken });
      expect(page.KeyCount).toBe(page.Contents?.length);
      found.push(...(page.Contents ?? []).map(({ Key }) => Key));
      ContinuationToken = page.NextContinuationToken;
    } while (ContinuationToken !== undefined);
    expect(found).toEqual(keys);
  });

  test("takes prefix, delimiter and start-after", async () => {
    expect(await keysOf({ Prefix: "a/" })).toEqual(["a/1", "a/2/x", "a/2/y"]);
    expect(await keysOf({ StartAfter: "a/2/x", Prefix: "a" })).toEqual(["a/2/y"]);
    const grouped = await list({ Prefix: "a/", Delimiter: "/" });
    expect(grouped).toMatchObject({
      KeyCount: 2,
      Contents: [{ Key: "a/1", Size: 1 }],
      CommonPrefixes: [{ Prefix: "a/2/" }],
    });
    expect(await keysOf({ Prefix: "none" })).toBeUndefined();
  });

  test("is refused with a page length or a token that is none", async () => {
    expect(await failureOf(list({ MaxKeys: -1 }))).toBe("400 InvalidArgument");
    expect(await failureOf(list({ ContinuationToken: "%%" }))).toBe("400 InvalidArgument");
    expect(await list({ MaxKeys: 0 })).toMatchObject({ KeyCount: 0, IsTruncated: false });
  });

  test("percent-encodes keys when asked", async () => {
    expect(await keysOf({ Prefix: "b", EncodingType: "url" })).toEqual(["b%26%3Cc%3E"]);
  });
});

describe("a lifecycle", () => {
  const rules = {
    Rules: [
      { ID: "scratch", Status: "Enabled" as const, Filter: { Prefix: "tmp/" }, Expiration: { Days: 1 } },
      {
        ID: "stale",
        Status: "Enabled" as const,
        Filter: { Prefix: "" },
        AbortIncompleteMultipartUpload: { DaysAfterInitiation: 2 },
      },
      {
        ID: "tagged",
        Status: "Enabled" as const,
        Filter: { And: { Prefix: "media/", Tags: [{ Key: "keep", Value: "no" }], ObjectSizeLessThan: 100 } },
        Expiration: { Days: 3 },
      },
    ],
  };
  const keysLeft = async () =>
    (await s3.client.send(new ListObjectsV2Command({ Bucket: "media" }))).Contents?.map(({ Key }) => Key);

  test("is stored as it was given, refused where it is not understood, and removed", async () => {
    await s3.client.send(new CreateBucketCommand({ Bucket: "media" }));
    const read = () => s3.client.send(new GetBucketLifecycleConfigurationCommand({ Bucket: "media" }));
    const write = (LifecycleConfiguration: { Rules: object[] }) =>
      s3.client.send(
        new PutBucketLifecycleConfigurationCommand({
          Bucket: "media",
          LifecycleConfiguration: {
            Rules: LifecycleConfiguration.Rules.map((rule) => ({ Status: "Enabled", ...rule })),
          },
        }),
      );
    expect(await failureOf(read())).toBe("404 NoSuchLifecycleConfiguration");
    await write(rules);
    expect((await read()).Rules).toEqual(rules.Rules);
    expect(await failureOf(write({ Rules: [{ ID: "x", Filter: { Prefix: "" } }] }))).toBe("400 MalformedXML");
    expect(await failureOf(write({ Rules: [{ ID: "x", Filter: {}, Expiration: { Days: 0 } }] }))).toBe(
      "400 InvalidArgument",
    );
    const glacier = { ID: "x", Filter: {}, Transitions: [{ Days: 1, StorageClass: "GLACIER" as const }] };
    expect(await failureOf(write({ Rules: [glacier] }))).toBe("501 NotImplemented");
    expect((await read()).Rules).toEqual(rules.Rules);
    await s3.client.send(new DeleteBucketLifecycleCommand({ Bucket: "media" }));
    expect(await failureOf(read())).toBe("404 NoSuchLifecycleConfiguration");
  });

  test("removes what is due, and nothing before", async () => {
    await s3.client.send(new CreateBucketCommand({ Bucket: "media" }));
    await s3.client.send(
      new PutBucketLifecycleConfigurationCommand({ Bucket: "media", LifecycleConfiguration: rules }),
    );
    await Promise.all([
      put("media", "tmp/a"),
      put("media", "media/kept"),
      put("media", "media/tagged", { Tagging: "keep=no" }),
      s3.client.send(new CreateMultipartUploadCommand({ Bucket: "media", Key: "upload" })),
    ]);
    const head = await s3.client.send(new HeadObjectCommand({ Bucket: "media", Key: "tmp/a" }));
    expect(head.Expiration).toMatch(/^expiry-date=".* 00:00:00 GMT", rule-id="scratch"$/);
    const uploads = async () =>
      (await s3.client.send(new ListMultipartUploadsCommand({ Bucket: "media" }))).Uploads?.length ?? 0;

    await s3.s3.sweep();
    expect(await keysLeft()).toHaveLength(3);
    moveClock(2 * day);
    await s3.s3.sweep();
    expect(await keysLeft()).toEqual(["media/kept", "media/tagged"]);
    moveClock(4 * day);
    await s3.s3.sweep();
    expect(await keysLeft()).toEqual(["media/kept"]);
    expect(await uploads()).toBe(0);
    await expect.poll(s3.files).toHaveLength(1);
  });

  test("comes with a bucket from the topology, and by the clock", async () => {
    await s3.stop();
    s3 = await startS3({ now: () => Date.now() + clockOffset, sweepEveryMilliseconds: 20 });
    const rule = { id: "r", prefix: "", expirationDays: 1, abortIncompleteMultipartUploadDays: null };
    await s3.s3.createBucket("media", { lifecycle: [rule] });
    await s3.s3.createBucket("media", { lifecycle: [rule] });
    await put("media", "a");
    moveClock(2 * day);
    await expect.poll(keysLeft).toBeUndefined();
  });
});

describe("another origin", () => {
  const origin = "https://app.example";
  const preflight = (method: string, headers: Record<string, string> = {}) =>
    fetch(`${s3.url}/media/key`, {
      method: "OPTIONS",
      headers: { origin, "access-control-request-method": method, ...headers },
    });

  test("is let in by the rules of a bucket that the topology made", async () => {
    await s3.s3.createBucket("media");
    const answer = await preflight("PUT", { "access-control-request-headers": "content-type, x-amz-meta-a" });
    expect(answer.status).toBe(200);
    expect(answer.headers.get("access-control-allow-origin")).toBe("*");
    expect(answer.headers.get("access-control-allow-headers")).toBe("content-type, x-amz-meta-a");
    const refusal = await fetch(`${s3.url}/media/key`, { headers: { origin } });
    expect(refusal.status).toBe(403);
    expect(refusal.headers.get("access-control-allow-origin")).toBe("*");
  });

  test("is kept out of a bucket without rules, and where the rules do not name it", async () => {
    await s3.client.send(new CreateBucketCommand({ Bucket: "media" }));
    expect((await preflight("GET")).status).toBe(403);
    const CORSConfiguration = {
      CORSRules: [
        {
          AllowedMethods: ["GET"],
          AllowedOrigins: ["https://*.example"],
          AllowedHeaders: ["x-amz-*"],
          ExposeHeaders: ["ETag"],
          MaxAgeSeconds: 9,
        },
      ],
    };
    await s3.client.send(new PutBucketCorsCommand({ Bucket: "media", CORSConfiguration }));
    expect((await s3.client.send(new GetBucketCorsCommand({ Bucket: "media" }))).CORSRules).toEqual(
      CORSConfiguration.CORSRules,
    );
    const answer = await preflight("GET", { "access-control-request-headers": "x-amz-date" });
    expect(answer.headers.get("access-control-allow-origin")).toBe(origin);
    expect(answer.headers.get("access-control-max-age")).toBe("9");
    expect((await preflight("PUT")).status).toBe(403);
    expect((await preflight("GET", { "access-control-request-headers": "authorization" })).status).toBe(403);
    expect((await preflight("GET", { origin: "https://example" })).status).toBe(403);
    await s3.client.send(new DeleteBucketCorsCommand({ Bucket: "media" }));
    expect((await preflight("GET")).status).toBe(403);
  });
});
