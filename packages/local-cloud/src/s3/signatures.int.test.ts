import { createHash } from "node:crypto";
import { request } from "node:http";
import { GetObjectCommand, ListBucketsCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { failureOf, type S3UnderTest, startS3 } from "./s3-under-test.ts";
import { createSigner, type Signer } from "./signature.ts";

const Bucket = "media";
let clockOffset = 0;
let s3: S3UnderTest;
beforeAll(async () => {
  s3 = await startS3({ now: () => Date.now() + clockOffset });
  await s3.s3.createBucket(Bucket);
  await s3.client.send(new PutObjectCommand({ Bucket, Key: "a b/ü.txt", Body: "content", ContentType: "text/plain" }));
});
afterAll(() => s3.stop());

const presignedGet = (more: object = {}, expiresIn = 60) =>
  getSignedUrl(s3.client, new GetObjectCommand({ Bucket, Key: "a b/ü.txt", ...more }), { expiresIn });

/** `403 Code` */
async function refusalOf(answer: Promise<Response>): Promise<string> {
  const { status, text } = await answer.then(async (response) => ({
    status: response.status,
    text: await response.text(),
  }));
  return `${status} ${/<Code>(.*)<\/Code>/.exec(text)?.[1]}`;
}

describe("a presigned GET", () => {
  test("opens the object, with the headers that its maker chose", async () => {
    const url = await presignedGet({
      ResponseContentDisposition: 'attachment; filename="f.png"',
      ResponseContentType: "image/png",
      ResponseCacheControl: "no-store",
    });
    const answer = await fetch(url);
    expect(await answer.text()).toBe("content");
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      "content-disposition": 'attachment; filename="f.png"',
      "content-type": "image/png",
      "cache-control": "no-store",
    });
  });

  test("serves ranges", async () => {
    const answer = await fetch(await presignedGet(), { headers: { range: "bytes=-3" } });
    expect(answer.status).toBe(206);
    expect(await answer.text()).toBe("ent");
  });

  test("is refused after its time, before it, and with more than a week", async () => {
    const url = await presignedGet({}, 60);
    clockOffset = 62_000;
    const late = await fetch(url).then((answer) => answer.text());
    clockOffset = -20 * 60_000;
    const early = await fetch(url).then((answer) => answer.text());
    clockOffset = 0;
    expect(late).toContain("<Code>AccessDenied</Code><Message>Request has expired</Message>");
    expect(early).toContain("<Code>AccessDenied</Code><Message>Request is not yet valid</Message>");
    const week = url.replace("X-Amz-Expires=60", "X-Amz-Expires=604801");
    expect(await refusalOf(fetch(week))).toBe("400 AuthorizationQueryParametersError");
  });

  test("is refused once anything about it is changed", async () => {
    const url = await presignedGet({ ResponseContentType: "image/png" });
    const changes = [
      url.replace("%C3%BC.txt", "other.txt"),
      url.replace("image%2Fpng", "text%2Fhtml"),
      url.replace("X-Amz-Expires=60", "X-Amz-Expires=61"),
      `${url}&response-cache-control=no-store`,
      url.replace(/X-Amz-Signature=./, "X-Amz-Signature=g"),
    ];
    for (const changed of changes) expect(await refusalOf(fetch(changed))).toBe("403 SignatureDoesNotMatch");
    expect(await refusalOf(fetch(url, { method: "DELETE" }))).toBe("403 SignatureDoesNotMatch");
    expect(await refusalOf(fetch(url.replace("Credential=local", "Credential=other")))).toBe("403 InvalidAccessKeyId");
    expect(await refusalOf(fetch(url.split("?")[0] ?? ""))).toBe("403 AccessDenied");
  });

  test("cannot be given more headers that mean something", async () => {
    const answer = fetch(await presignedGet(), { headers: { "x-amz-checksum-mode": "ENABLED" } });
    expect(await refusalOf(answer)).toBe("403 AccessDenied");
  });
});

test("a presigned PUT stores what is sent, with the metadata and the tags in its query", async () => {
  const command = new PutObjectCommand({
    Bucket,
    Key: "uploaded",
    ContentType: "image/png",
    Metadata: { a: "b" },
    Tagging: "c=d",
  });
  const url = await getSignedUrl(s3.client, command, { expiresIn: 60, signableHeaders: new Set(["content-type"]) });
  expect(await refusalOf(fetch(url, { method: "PUT", body: "x", headers: { "content-type": "text/html" } }))).toBe(
    "403 SignatureDoesNotMatch",
  );
  const answer = await fetch(url, { method: "PUT", body: "bytes", headers: { "content-type": "image/png" } });
  expect(answer.status).toBe(200);
  const found = await s3.client.send(new GetObjectCommand({ Bucket, Key: "uploaded", ChecksumMode: "ENABLED" }));
  expect(found).toMatchObject({ ContentType: "image/png", Metadata: { a: "b" }, TagCount: 1 });
  expect(found.ChecksumCRC64NVME).toMatch(/=$/);
  expect(await found.Body?.transformToString()).toBe("bytes");
});

test("an unknown access key and a wrong secret are told apart", async () => {
  const call = (accessKeyId: string, secretAccessKey: string) =>
    failureOf(s3.clientWith({ accessKeyId, secretAccessKey }).send(new ListBucketsCommand({})));
  expect(await call("other", "local")).toBe("403 InvalidAccessKeyId");
  expect(await call("local", "other")).toBe("403 SignatureDoesNotMatch");
});

test("a signed request is refused when its time is far from ours", async () => {
  clockOffset = 16 * 60_000;
  const failure = await failureOf(s3.client.send(new ListBucketsCommand({})));
  clockOffset = 0;
  expect(failure).toBe("403 RequestTimeTooSkewed");
});

/** Sends what no SDK of JavaScript sends: a PUT of our own making, signed as asked. */
describe("a request by hand", () => {
  interface ByHand {
    payloadHash: string;
    headers?: Record<string, string>;
    body: (signer: Signer) => string;
  }

  function send({ payloadHash, headers = {}, body }: ByHand): Promise<string> {
    const timestamp = `${new Date().toISOString().replace(/[-:]|\.\d+/g, "")}`;
    const signed: Record<string, string> = {
      host: new URL(s3.url).host,
      "x-amz-content-sha256": payloadHash,
      "x-amz-date": timestamp,
      ...headers,
    };
    const scope = { accessKeyId: "local", date: timestamp.slice(0, 8), region: "us-east-1" };
    const signedHeaders = Object.keys(signed).sort();
    const path = "/media/by-hand";
    const signer = createSigner(
      { method: "PUT", path, pairs: [], headers: signed, signedHeaders, payloadHash, timestamp, scope },
      "local",
    );
    const authorization = `AWS4-HMAC-SHA256 Credential=local/${scope.date}/us-east-1/s3/aws4_request, SignedHeaders=${signedHeaders.join(";")}, Signature=${signer.signature}`;
    return new Promise((resolve, reject) => {
      const sent = request(`${s3.url}${path}`, { method: "PUT", headers: { ...signed, authorization } }, (answer) => {
        answer.setEncoding("utf8");
        let text = "";
        answer.on("data", (chunk: string) => {
          text += chunk;
        });
        const outcome = () => `${answer.statusCode} ${/<Code>(.*)<\/Code>/.exec(text)?.[1]}`;
        // A client may first send all it has and only then look for the answer.
        answer.on("end", () =>
          sent.writableFinished ? resolve(outcome()) : sent.on("finish", () => resolve(outcome())),
        );
      });
      sent.on("error", reject);
      sent.end(body(signer));
    });
  }

  test("is refused when its body is not the one that was hashed", async () => {
    const payloadHash = createHash("sha256").update("content").digest("hex");
    expect(await send({ payloadHash, body: () => "content" })).toBe("200 undefined");
    expect(await send({ payloadHash, body: () => "changed" })).toBe("400 XAmzContentSHA256Mismatch");
    expect(await send({ payloadHash: "none", body: () => "content" })).toBe("400 InvalidArgument");
  });

  test("may sign each chunk of its body", async () => {
    const chunked = (content: string, sent = content): ByHand => ({
      payloadHash: "STREAMING-AWS4-HMAC-SHA256-PAYLOAD",
      headers: { "x-amz-decoded-content-length": String(content.length), "content-encoding": "aws-chunked" },
      body: ({ signature, signChunk }) => {
        const first = signChunk(signature, createHash("sha256").update(content).digest("hex"));
        const last = signChunk(first, createHash("sha256").update("").digest("hex"));
        return `${content.length.toString(16)};chunk-signature=${first}\r\n${sent}\r\n0;chunk-signature=${last}\r\n\r\n`;
      },
    });
    expect(await send(chunked("content"))).toBe("200 undefined");
    expect(await send(chunked("content", "changed"))).toBe("403 SignatureDoesNotMatch");
    // Refused long before its end, and still answered.
    const long: ByHand = {
      ...chunked("content", "changed"),
      headers: { "x-amz-decoded-content-length": "20000000", "content-encoding": "aws-chunked" },
      body: () => `1;chunk-signature=${"0".repeat(64)}\r\na\r\n${"x".repeat(20_000_000)}`,
    };
    expect(await send(long)).toBe("403 SignatureDoesNotMatch");
  });

  test("must say how long its body is", async () => {
    const raw = { payloadHash: "UNSIGNED-PAYLOAD", headers: { "transfer-encoding": "chunked" }, body: () => "content" };
    expect(await send(raw)).toBe("501 NotImplemented");
    const framed: ByHand = {
      payloadHash: "STREAMING-UNSIGNED-PAYLOAD-TRAILER",
      headers: { "content-encoding": "aws-chunked" },
      body: () => "1\r\na\r\n0\r\n\r\n",
    };
    expect(await send(framed)).toBe("411 MissingContentLength");
    const longer = { ...framed, headers: { ...framed.headers, "x-amz-decoded-content-length": "2" } };
    expect(await send(longer)).toBe("400 IncompleteBody");
    const promised = {
      ...longer.headers,
      "x-amz-decoded-content-length": "1",
      "x-amz-trailer": "x-amz-checksum-crc32",
    };
    expect(await send({ ...framed, headers: promised })).toBe("400 MalformedTrailerError");
  });
});
