import { createHash } from "node:crypto";
import { GetObjectCommand, GetObjectTaggingCommand, ListObjectsV2Command } from "@aws-sdk/client-s3";
import { createPresignedPost, type PresignedPostOptions } from "@aws-sdk/s3-presigned-post";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type S3UnderTest, startS3 } from "./s3-under-test.ts";

const Bucket = "media";
let clockOffset = 0;
let s3: S3UnderTest;
beforeAll(async () => {
  s3 = await startS3({ now: () => Date.now() + clockOffset });
  await s3.s3.createBucket(Bucket);
});
beforeEach(() => {
  clockOffset = 0;
});
afterAll(() => s3.stop());

interface Posting extends Partial<PresignedPostOptions> {
  file?: Blob;
  /** Changes to the signed form; undefined takes a field away. */
  change?: Record<string, string | undefined>;
}

// biome-ignore lint/suspicious/noTemplateCurlyInString: S3 puts the file's name there.
const keyOfFile = "dir/${filename}";

async function post({ file = new File(["content"], "a/b\\photo.png"), change = {}, ...options }: Posting = {}) {
  const { url, fields } = await createPresignedPost(s3.client, { Bucket, Key: keyOfFile, ...options });
  const form = new FormData();
  for (const [name, value] of Object.entries({ ...fields, ...change })) {
    if (value !== undefined) form.append(name, value);
  }
  form.append("file", file);
  form.append("submit", "what follows the file is not read");
  return fetch(url, { method: "POST", body: form, redirect: "manual" });
}

/** `403 AccessDenied: Message` */
async function refusalOf(answer: Promise<Response>): Promise<string> {
  const response = await answer;
  const text = await response.text();
  const element = (name: string) => new RegExp(`<${name}>(.*)</${name}>`).exec(text)?.[1]?.replaceAll("&#34;", '"');
  return `${response.status} ${element("Code")}: ${element("Message")}`;
}

const etag = `"${createHash("md5").update("content").digest("hex")}"`;
const keys = async () =>
  (await s3.client.send(new ListObjectsV2Command({ Bucket }))).Contents?.map(({ Key }) => Key) ?? [];

describe("a presigned form", () => {
  test("makes an object of its file, with what its fields say", async () => {
    const tagging = "<Tagging><TagSet><Tag><Key>a</Key><Value>1</Value></Tag></TagSet></Tagging>";
    const Fields = { "Content-Type": "image/png", "x-amz-meta-from": "é", tagging };
    const answer = await post({ Fields, Conditions: [["starts-with", "$Content-Type", "image/"]] });
    expect(answer.status).toBe(204);
    expect(answer.headers.get("etag")).toBe(etag);
    expect(answer.headers.get("location")).toBe(`${s3.url}/${Bucket}/dir%2Fphoto.png`);
    const Key = "dir/photo.png";
    const object = await s3.client.send(new GetObjectCommand({ Bucket, Key }));
    expect(await object.Body?.transformToString()).toBe("content");
    expect(object).toMatchObject({ ContentType: "image/png", ServerSideEncryption: "AES256", ETag: etag });
    expect(object.Metadata?.["from"]).toBe("=?UTF-8?B?w6k=?=");
    expect((await s3.client.send(new GetObjectTaggingCommand({ Bucket, Key }))).TagSet).toEqual([
      { Key: "a", Value: "1" },
    ]);
  });

  test("takes a file of many megabytes, in whatever pieces it comes", async () => {
    // Full of what looks like the beginning of a boundary.
    const bytes = Buffer.alloc(3_000_001, "\r\n--form\r\n-");
    expect((await post({ Key: "big", file: new Blob([bytes]) })).status).toBe(204);
    const object = await s3.client.send(new GetObjectCommand({ Bucket, Key: "big" }));
    expect(Buffer.from((await object.Body?.transformToByteArray()) ?? []).equals(bytes)).toBe(true);
  });

  test("answers as it asks to be answered", async () => {
    const created = await post({ Key: "k", Fields: { success_action_status: "201" } });
    expect(created.status).toBe(201);
    expect(await created.text()).toContain(
      `<PostResponse><Location>${s3.url}/${Bucket}/k</Location><Bucket>${Bucket}</Bucket><Key>k</Key>`,
    );
    expect((await post({ Key: "k", Fields: { success_action_status: "200" } })).status).toBe(200);
    const redirected = await post({ Key: "k", Fields: { success_action_redirect: "https://app.example/done?a=b" } });
    expect(redirected.status).toBe(303);
    expect(redirected.headers.get("location")).toBe(
      `https://app.example/done?a=b&bucket=${Bucket}&key=k&etag=${encodeURIComponent(etag)}`,
    );
  });
});

describe("a form is refused, and leaves nothing,", () => {
  const failed = (condition: string) =>
    `403 AccessDenied: Invalid according to Policy: Policy Condition failed: ${condition}`;
  const range: Posting["Conditions"] = [["content-length-range", 5, 10]];
  const cases: [string, Posting, string][] = [
    ["without a signature", { change: withoutSignature() }, "403 AccessDenied: Access Denied"],
    ["with another key than the policy's", { Key: "mine", change: { key: "yours" } }, failed('["eq", "$key", "mine"]')],
    [
      "with a field that the policy does not name",
      { change: { "x-amz-meta-more": "1" } },
      "403 AccessDenied: Invalid according to Policy: Extra input fields: x-amz-meta-more",
    ],
    [
      "with a value that does not begin as it must",
      { Conditions: [["starts-with", "$Content-Type", "image/"]], change: { "Content-Type": "image/png,text/html" } },
      failed('["starts-with", "$Content-Type", "image/"]'),
    ],
    [
      "when the file is too long",
      { Conditions: range, file: new Blob(["12345678901"]) },
      "400 EntityTooLarge: Your proposed upload exceeds the maximum allowed size",
    ],
    [
      "when the file is too short",
      { Conditions: range, file: new Blob(["1234"]) },
      "400 EntityTooSmall: Your proposed upload is smaller than the minimum allowed size",
    ],
    [
      "with a policy that was not signed",
      { change: { Policy: Buffer.from('{"expiration":"2999-01-01T00:00:00Z","conditions":[]}').toString("base64") } },
      "403 SignatureDoesNotMatch: The request signature we calculated does not match the signature you provided. Check your key and signing method.",
    ],
    [
      "without a key",
      { change: { key: undefined } },
      "400 InvalidArgument: Bucket POST must contain a field named &#39;key&#39;.  If it is specified, please check the order of the fields.",
    ],
    [
      "with a public ACL",
      { Fields: { acl: "public-read" } },
      "400 AccessControlListNotSupported: The bucket does not allow ACLs",
    ],
    [
      "with fields of more than 20 KB",
      { Fields: { "x-ignore-me": "x".repeat(20_480) } },
      "400 MaxPostPreDataLengthExceededError: Your POST request fields preceding the upload file were too large.",
    ],
  ];
  test.each(cases)("%s", async (_, posting, refusal) => {
    const before = await keys();
    const files = await s3.files();
    expect(await refusalOf(post(posting))).toBe(refusal);
    expect(await keys()).toEqual(before);
    expect(await s3.files()).toEqual(files);
  });

  function withoutSignature() {
    const names = ["X-Amz-Algorithm", "X-Amz-Credential", "X-Amz-Date", "X-Amz-Signature", "Policy"];
    return Object.fromEntries(names.map((name) => [name, undefined]));
  }

  test("after its time", async () => {
    clockOffset = 61_000;
    expect(await refusalOf(post({ Expires: 60 }))).toBe(
      "403 AccessDenied: Invalid according to Policy: Policy expired.",
    );
  });

  test("when it is no form, has no file, or ends too early", async () => {
    const send = (contentType: string, body: string) =>
      refusalOf(fetch(`${s3.url}/${Bucket}`, { method: "POST", headers: { "content-type": contentType }, body }));
    const form = "multipart/form-data; boundary=b";
    expect(await send("application/x-www-form-urlencoded", "key=k")).toContain("412 PreconditionFailed");
    expect(await send("multipart/form-data", "")).toContain("400 MalformedPOSTRequest");
    expect(await send(form, "--b\r\nContent-Disposition: form-data; name=key\r\n\r\nk")).toContain("400 Malformed");
    expect(await send(form, '--b\r\nContent-Disposition: form-data; name="key"\r\n\r\nk')).toContain("400 Malformed");
    const nowhere = fetch(`${s3.url}/nowhere`, { method: "POST", body: new FormData() });
    expect(await refusalOf(nowhere)).toContain("404 NoSuchBucket");
  });
});
