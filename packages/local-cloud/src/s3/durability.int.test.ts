import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { cp, mkdtemp, rm, writeFile } from "node:fs/promises";
import { type IncomingMessage, request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { z } from "zod";
import { startS3 } from "./s3-under-test.ts";

const credentials = { accessKeyId: "local", secretAccessKey: "local" };
const Bucket = "media";
let dataDir: string;
let running: ChildProcess[];

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "s3-"));
  running = [];
});
afterEach(async () => {
  await Promise.all(running.map(kill));
  await rm(dataDir, { recursive: true });
});

const ready = z.object({ url: z.string() });
const memory = z.object({ rssBytes: z.number() });

/** An S3 in a process of its own, which can be killed and whose memory is its own. */
async function startProcess() {
  const process_ = spawn(process.execPath, [fileURLToPath(new URL("./s3-process.ts", import.meta.url)), dataDir], {
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  running.push(process_);
  const { url } = ready.parse((await once(process_, "message"))[0]);
  const client = new S3Client({ endpoint: url, region: "us-east-1", credentials, maxAttempts: 1 });
  return {
    client,
    kill: () => kill(process_),
    async rssBytes(): Promise<number> {
      process_.send("memory");
      return memory.parse((await once(process_, "message"))[0]).rssBytes;
    },
  };
}

async function kill(process_: ChildProcess): Promise<void> {
  if (process_.exitCode !== null || process_.signalCode !== null) return;
  process_.kill("SIGKILL");
  await once(process_, "exit");
}

/** A GET whose body is still to be read. */
function open(url: string): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => request(url, resolve).on("error", reject).end());
}

test("what was acknowledged survives kill -9, and what was not leaves nothing", async () => {
  const first = await startProcess();
  const acknowledged = new Map<string, Buffer>();
  const writers = Array.from({ length: 8 }, async (_, writer) => {
    for (let index = 0; ; index++) {
      const [Key, Body] = [`${writer}/${index}`, randomBytes(1 + (index % 5) * 20_000)];
      await first.client.send(new PutObjectCommand({ Bucket, Key, Body }));
      acknowledged.set(Key, Body);
      if (acknowledged.size === 60) await first.kill();
    }
  });
  await Promise.allSettled(writers);
  first.client.destroy();
  expect(acknowledged.size).toBeGreaterThanOrEqual(60);

  const again = await startS3({ dataDir });
  const { Contents = [] } = await again.client.send(new ListObjectsV2Command({ Bucket }));
  for (const [Key, bytes] of acknowledged) {
    const { Body } = await again.client.send(new GetObjectCommand({ Bucket, Key }));
    expect(bytes.equals((await Body?.transformToByteArray()) ?? Buffer.alloc(0))).toBe(true);
  }
  expect(await again.files()).toHaveLength(Contents.length);
  await again.stop();
});

test("files that no row names are removed at the start, and no others", async () => {
  const before = await startS3({ dataDir });
  await before.s3.createBucket(Bucket);
  await before.client.send(new PutObjectCommand({ Bucket, Key: "kept", Body: "content" }));
  const [kept = ""] = await before.files();
  await before.stop();
  const folder = join(dataDir, "objects", kept.slice(0, 2));
  await writeFile(join(folder, `${kept.slice(0, 2)}-left-by-a-crash`), "half");
  await cp(join(folder, kept), join(folder, `${kept.slice(0, 2)}-copy`));

  const after = await startS3({ dataDir });
  expect(await after.files()).toEqual([kept]);
  const { Body } = await after.client.send(new GetObjectCommand({ Bucket, Key: "kept" }));
  expect(await Body?.transformToString()).toBe("content");
  await after.stop();
});

test("a body that is cut short leaves no object and no file, and is no fault of ours", async () => {
  const s3 = await startS3({ dataDir });
  await s3.s3.createBucket(Bucket);
  const url = await getSignedUrl(s3.client, new PutObjectCommand({ Bucket, Key: "cut" }));
  const upload = request(url, { method: "PUT", headers: { "content-length": 1_000_000 } });
  upload.on("error", () => undefined);
  upload.write(randomBytes(500_000));
  await expect.poll(s3.files).toHaveLength(1);
  upload.destroy();
  await expect.poll(s3.files).toHaveLength(0);
  const { KeyCount } = await s3.client.send(new ListObjectsV2Command({ Bucket }));
  expect(KeyCount).toBe(0);
  expect(s3.reports).toEqual([]);
  await s3.stop();
});

test("a reader that leaves in the middle is no fault of ours, and closing waits for nobody", async () => {
  const s3 = await startS3({ dataDir });
  await s3.s3.createBucket(Bucket);
  await s3.client.send(new PutObjectCommand({ Bucket, Key: "big", Body: Buffer.alloc(20_000_000) }));
  const url = await getSignedUrl(s3.client, new GetObjectCommand({ Bucket, Key: "big" }));
  const download = await open(url);
  download.destroy();
  const stalled = await open(url);
  stalled.on("error", () => undefined);
  await s3.s3.close();
  expect(s3.reports).toEqual([]);
  await s3.stop();
});

test("an object whose bytes are gone from the disk breaks off rather than ending early, and is reported", async () => {
  const s3 = await startS3({ dataDir });
  await s3.s3.createBucket(Bucket);
  await s3.client.send(new PutObjectCommand({ Bucket, Key: "lost", Body: "content" }));
  const [file = ""] = await s3.files();
  await rm(join(dataDir, "objects", file.slice(0, 2), file));
  const url = await getSignedUrl(s3.client, new GetObjectCommand({ Bucket, Key: "lost" }));
  await expect(fetch(url).then((answer) => answer.text())).rejects.toThrow();
  expect(s3.reports).toEqual([expect.stringContaining("ENOENT")]);
  await s3.stop();
});

describe("memory", () => {
  test("does not grow with the length of what streams in and out", async () => {
    const s3 = await startProcess();
    const bytes = 200 * 1024 ** 2;
    const sampleBytes = 20 * 1024 ** 2;
    const chunk = Buffer.alloc(1024 ** 2, 7);
    const url = await getSignedUrl(s3.client, new PutObjectCommand({ Bucket, Key: "big" }));
    const before = await s3.rssBytes();
    let peak = before;
    const sample = async () => {
      peak = Math.max(peak, await s3.rssBytes());
    };

    const upload = request(url, { method: "PUT", headers: { "content-length": bytes } });
    const uploaded = once(upload, "response");
    for (let sent = 0; sent < bytes; sent += chunk.length) {
      if (!upload.write(chunk)) await once(upload, "drain");
      if (sent % sampleBytes === 0) await sample();
    }
    upload.end();
    const [answer] = await uploaded;
    expect(answer.statusCode).toBe(200);
    answer.resume();
    const download = await open(await getSignedUrl(s3.client, new GetObjectCommand({ Bucket, Key: "big" })));
    let received = 0;
    for await (const piece of download) {
      const sampledUpTo = Math.floor(received / sampleBytes);
      received += piece.length;
      if (Math.floor(received / sampleBytes) > sampledUpTo) await sample();
    }
    expect(received).toBe(bytes);
    expect((peak - before) / 1024 ** 2).toBeLessThan(120);
    s3.client.destroy();
  });
});
