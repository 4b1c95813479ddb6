import { once } from "node:events";
import { createServer } from "node:http";
import { PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { bucketSuite } from "../../test/bucket-suite.ts";
import { pieceByPiece } from "../../test/map-bucket.ts";
import { startS3 } from "../../test/s3-engine.ts";
import { BucketUnavailable } from "../media-bucket.ts";
import { createS3Media } from "./s3-media.ts";
import { createS3Verdicts } from "./s3-verdicts.ts";

const storedAt = "2026-11-20T10:30:02.100Z";
let s3: Awaited<ReturnType<typeof startS3>>;
beforeAll(async () => {
  s3 = await startS3();
});
afterAll(() => s3.stop());

describe("the bucket in S3", () => {
  bucketSuite(() => ({ ...createS3Media(s3), ...createS3Verdicts(s3) }));

  test("no upload is left open, neither by a stream that broke off nor by one that came second", async () => {
    const media = createS3Media(s3);
    const large = { contentType: "video/mp4", body: pieceByPiece(Buffer.alloc(9 * 1024 * 1024)), storedAt };
    const unfinished = async function* () {
      yield Buffer.alloc(9 * 1024 * 1024);
      throw new Error("broke off");
    };
    await media.saveMedia("f/original.mp4", { ...large, body: Buffer.from("first") });
    expect(await media.saveMedia("f/original.mp4", large)).toBe("taken");
    await expect(media.saveMedia("g/original.mp4", { ...large, body: unfinished() })).rejects.toThrow("broke off");
    expect(await s3.openUploads()).toBe(0);
  });

  test("a verdict that is not one is refused instead of being announced", async () => {
    const put = { Bucket: s3.bucket, Key: "verdicts/job-2.json", Body: '{"media":1}' };
    await s3.client.send(new PutObjectCommand(put));
    await expect(createS3Verdicts(s3).findVerdict("job-2")).rejects.toThrow();
  });

  test("a bucket that is not there is unavailable, and is not quoted", async () => {
    const elsewhere = { ...s3, bucket: "elsewhere" };
    const body = Buffer.from("png");
    const failure = (call: Promise<unknown>) => expect(call).rejects.toBeInstanceOf(BucketUnavailable);
    await failure(createS3Media(elsewhere).saveMedia("a", { contentType: "image/png", body, storedAt }));
    await failure(createS3Media(elsewhere).findMedia("a"));
    await failure(createS3Media(elsewhere).readMedia("a"));
  });
});

test("a completion that is answered with 200 and an error is a failure, and its parts are removed", async () => {
  const calls: string[] = [];
  const server = createServer((request, response) => {
    const { searchParams } = new URL(request.url ?? "/", "http://s3");
    calls.push(`${request.method} ${[...searchParams.keys()].filter((name) => name !== "x-id")}`);
    request.resume().on("end", () => {
      if (searchParams.has("uploads")) {
        return response.end("<InitiateMultipartUploadResult><UploadId>u</UploadId></InitiateMultipartUploadResult>");
      }
      if (request.method === "PUT") return response.setHeader("etag", '"e"').end();
      return response.end(request.method === "POST" ? "<Error><Code>InternalError</Code></Error>" : "");
    });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const endpoint = `http://127.0.0.1:${typeof address === "object" && address ? address.port : 0}`;
  const credentials = { accessKeyId: "local", secretAccessKey: "local" };
  const client = new S3Client({ endpoint, region: "us-east-1", credentials, maxAttempts: 1 });
  try {
    const body = pieceByPiece(Buffer.alloc(9 * 1024 * 1024));
    const saving = createS3Media({ client, bucket: "media" }).saveMedia("h", {
      contentType: "video/mp4",
      body,
      storedAt,
    });
    await expect(saving).rejects.toBeInstanceOf(BucketUnavailable);
    expect(calls.sort()).toEqual([
      "DELETE uploadId",
      "POST uploadId",
      "POST uploads",
      "PUT partNumber,uploadId",
      "PUT partNumber,uploadId",
    ]);
  } finally {
    client.destroy();
    server.closeAllConnections();
    server.close();
  }
});
