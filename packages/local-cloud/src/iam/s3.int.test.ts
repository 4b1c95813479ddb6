import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  CopyObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type S3Client,
} from "@aws-sdk/client-s3";
import { createPresignedPost } from "@aws-sdk/s3-presigned-post";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { fixtureFunction } from "../../test/fixtures/function-topology.ts";
import { withinInvocation } from "../lambda/runtime/within-invocation.ts";
import { type S3UnderTest, startS3 } from "../s3/s3-under-test.ts";
import { createIam } from "./iam.ts";

const place = { region: "us-east-1", account: "000000000000" };
const mine = "arn:aws:s3:::media/mine/*";

const keeper = fixtureFunction("keeper", {
  service: "gallery",
  permissions: [
    { actions: ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"], resources: [mine] },
    {
      actions: ["s3:ListBucket"],
      resources: ["arn:aws:s3:::media"],
      conditions: { StringLike: { "s3:prefix": "mine/*" } },
    },
  ],
});
const viewer = fixtureFunction("viewer", {
  service: "window",
  permissions: [
    { actions: ["s3:GetObject"], resources: [mine] },
    { actions: ["s3:ListBucket"], resources: ["arn:aws:s3:::media"] },
  ],
});

const stack = new AsyncDisposableStack();
let s3: S3UnderTest;
let gallery: S3Client;
let window: S3Client;
const warnings: string[] = [];

beforeAll(async () => {
  vi.stubEnv("AWS_LAMBDA_FUNCTION_NAME", "gallery");
  stack.defer(() => void vi.unstubAllEnvs());
  const dataDir = await mkdtemp(join(tmpdir(), "local-iam-"));
  stack.defer(() => rm(dataDir, { recursive: true, force: true }));
  const report = ({ message }: { message: string }) => void warnings.push(message);
  const iam = createIam({ ...place, functions: [keeper, viewer], dataDir, report });
  s3 = await startS3({ secrets: { local: "local", ...iam.secrets() }, callerOf: iam.callerOf });
  stack.defer(() => s3.stop());
  await s3.s3.createBucket("media");
  for (const Key of ["mine/a", "yours/a"]) {
    await s3.client.send(new PutObjectCommand({ Bucket: "media", Key, Body: "hello" }));
  }
  gallery = s3.clientWith(iam.credentialsOf("gallery"));
  window = s3.clientWith(iam.credentialsOf("window"));
});
afterAll(() => stack.disposeAsync());

const asKeeper = (work: () => Promise<void>) => () =>
  withinInvocation({ requestId: "1", functionArn: `arn:aws:lambda:us-east-1:${place.account}:function:keeper` }, work);
const get = (client: S3Client, Key: string) => client.send(new GetObjectCommand({ Bucket: "media", Key }));

describe("a function", () => {
  it(
    "reaches the objects that it was given, and gets S3's refusal for others",
    asKeeper(async () => {
      expect(await (await get(gallery, "mine/a")).Body?.transformToString()).toBe("hello");
      await expect(get(gallery, "yours/a")).rejects.toMatchObject({
        name: "AccessDenied",
        message: `User: arn:aws:sts::${place.account}:assumed-role/keeper-role/keeper is not authorized to perform: s3:GetObject on resource: "arn:aws:s3:::media/yours/a" because no identity-based policy allows the s3:GetObject action`,
        $metadata: { httpStatusCode: 403 },
      });
    }),
  );

  it(
    "needs more for a write that tags, and for a copy of what it may not read",
    asKeeper(async () => {
      const write = { Bucket: "media", Key: "mine/b", Body: "new" };
      await gallery.send(new PutObjectCommand(write));
      await expect(gallery.send(new PutObjectCommand({ ...write, Tagging: "a=b" }))).rejects.toThrow(
        "s3:PutObjectTagging",
      );
      const copy = (CopySource: string) =>
        gallery.send(new CopyObjectCommand({ Bucket: "media", Key: "mine/copy", CopySource }));
      await copy("media/mine/a");
      await expect(copy("media/yours/a")).rejects.toThrow('s3:GetObject on resource: "arn:aws:s3:::media/yours/a"');
    }),
  );

  it(
    "lists what its condition allows",
    asKeeper(async () => {
      const list = (Prefix?: string) => gallery.send(new ListObjectsV2Command({ Bucket: "media", Prefix }));
      expect((await list("mine/")).Contents?.length).toBeGreaterThan(0);
      await expect(list("yours/")).rejects.toMatchObject({ name: "AccessDenied" });
      await expect(list()).rejects.toMatchObject({ name: "AccessDenied" });
    }),
  );

  it(
    "deletes of a list what it may delete, and is told of each that it may not",
    asKeeper(async () => {
      await gallery.send(new PutObjectCommand({ Bucket: "media", Key: "mine/gone", Body: "x" }));
      const Delete = { Objects: [{ Key: "mine/gone" }, { Key: "yours/a" }] };
      const { Deleted, Errors } = await gallery.send(new DeleteObjectsCommand({ Bucket: "media", Delete }));
      expect(Deleted).toEqual([{ Key: "mine/gone" }]);
      expect(Errors).toEqual([
        { Key: "yours/a", Code: "AccessDenied", Message: expect.stringContaining("s3:DeleteObject") },
      ]);
      expect((await get(s3.client, "yours/a")).ContentLength).toBe(5);
    }),
  );
});

describe("a missing object", () => {
  it("is 404 to whoever may list the bucket", async () => {
    await expect(get(window, "mine/none")).rejects.toMatchObject({ name: "NoSuchKey" });
    const head = window.send(new HeadObjectCommand({ Bucket: "media", Key: "mine/none" }));
    await expect(head).rejects.toMatchObject({ $metadata: { httpStatusCode: 404 } });
  });

  it("is 403 to whoever may not, with the right that is missing", async () => {
    await expect(get(gallery, "mine/none")).rejects.toThrow('s3:ListBucket on resource: "arn:aws:s3:::media"');
  });
});

describe("what a service has signed for others", () => {
  it("opens what the service may open", async () => {
    const sign = (Key: string) =>
      getSignedUrl(window, new GetObjectCommand({ Bucket: "media", Key }), { expiresIn: 60 });
    expect(await (await fetch(await sign("mine/a"))).text()).toBe("hello");
    const refused = await fetch(await sign("yours/a"));
    expect([refused.status, await refused.text()]).toEqual([403, expect.stringContaining("<Code>AccessDenied</Code>")]);
  });

  it("lets a form write where the service may write", async () => {
    const post = async (client: S3Client, Key: string) => {
      const { url, fields } = await createPresignedPost(client, { Bucket: "media", Key });
      const form = new FormData();
      for (const [name, value] of Object.entries(fields)) form.set(name, value);
      form.set("file", new Blob(["from a form"]));
      return (await fetch(url, { method: "POST", body: form })).status;
    };
    expect(await post(gallery, "mine/form")).toBe(204);
    expect(await post(gallery, "yours/form")).toBe(403);
    expect(await post(window, "mine/form")).toBe(403);
  });
});
