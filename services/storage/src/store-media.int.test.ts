import { createHash, randomBytes } from "node:crypto";
import type { RequestListener } from "node:http";
import { GetObjectCommand } from "@aws-sdk/client-s3";
import { jobIdSchema, userIdSchema } from "@vsl/events";
import { afterAll, beforeAll, expect, test } from "vitest";
import { bodyOf, early, late, listen } from "../test/listen.ts";
import { serve, startOutputServer } from "../test/output-server.ts";
import { startS3 } from "../test/s3-engine.ts";
import { png, video, wavHead } from "../test/samples.ts";
import { createHttpOutputs } from "./adapters/http-outputs.ts";
import { createS3Media } from "./adapters/s3-media.ts";
import { createS3Verdicts } from "./adapters/s3-verdicts.ts";
import { parseOutputHosts } from "./output-hosts.ts";

const mebibyte = 1024 * 1024;
const sampleBytes = 128 * mebibyte;
const noise = randomBytes(mebibyte);
const patience = { idleMs: 300, graceMs: 300, minBytesPerSecond: mebibyte };
let s3: Awaited<ReturnType<typeof startS3>>;
let upstream: Awaited<ReturnType<typeof startOutputServer>>;
let clip: Buffer;

beforeAll(async () => {
  s3 = await startS3();
  clip = await video("mp4", 600_000);
  upstream = await startOutputServer({
    "/image": serve(png(64, 32), "text/html"),
    "/clip": serve(clip),
    "/sound": noisySound,
    "/truncated": (_request, response) => {
      response.writeHead(200, { "content-length": clip.length });
      response.write(clip.subarray(0, 9 * mebibyte), () => response.destroy());
    },
    "/stalled": (_request, response) => {
      response.writeHead(200, { "content-length": clip.length });
      response.write(clip.subarray(0, 9 * mebibyte));
    },
    "/page": serve(Buffer.from("<!doctype html><script>alert(1)</script>"), "video/mp4"),
    "/to-loopback": (_request, response) => void response.writeHead(302, { location: "http://127.0.0.1:9/" }).end(),
  });
});
afterAll(async () => {
  upstream.stop();
  await s3.stop();
});

/** Sends as fast as the reader takes it, and holds a mebibyte. */
const noisySound: RequestListener = (_request, response) => {
  response.write(wavHead(sampleBytes));
  let sent = 0;
  const sendMore = () => {
    if (response.destroyed) return;
    if (sent === sampleBytes) return void response.end();
    sent += noise.length;
    if (response.write(noise)) setImmediate(sendMore);
    else response.once("drain", sendMore);
  };
  sendMore();
};

let jobs = 0;

/** A job and a user of its own for each test, with real adapters all the way. */
function setUp(
  mediaType: "image" | "video" | "audio",
  path: string,
  { now = early, maxBytes = 1024 * mebibyte }: { now?: number; maxBytes?: number } = {},
) {
  const number = String(++jobs);
  const readOutput = createHttpOutputs({ hosts: parseOutputHosts(upstream.host), maxBytes, patience });
  const { said, deliver, delays } = listen({
    ...createS3Media(s3),
    ...createS3Verdicts(s3),
    openOutput: (url) => readOutput(url, Date.now() + 20_000),
    now: () => now,
  });
  const body = bodyOf({
    mediaType,
    jobId: jobIdSchema.parse(`019a9f3c-5a00-7cc3-98c4-${number.padStart(12, "0")}`),
    userId: userIdSchema.parse(`user-${number}`),
    outputs: [{ index: 0, url: upstream.url(path) }],
  });
  return {
    said,
    delays,
    keys: () => s3.keys(`${mediaType}/user-${number}/`),
    deliver: (receiveCount = 1) => deliver([body], receiveCount),
  };
}

const done = { batchItemFailures: [] };
const again = { batchItemFailures: [{ itemIdentifier: "m-0" }] };

test("an image is stored as what it is, whatever upstream claims", async () => {
  const { deliver, said, keys } = setUp("image", "/image");
  expect(await deliver()).toEqual(done);
  const [s3Path] = await keys();
  expect(s3Path).toMatch(/original\.png$/);
  expect(said()).toMatchObject([
    [
      "MediaStored",
      { media: [{ s3Path, contentType: "image/png", width: 64, height: 32, sha256: sha256(png(64, 32)) }] },
    ],
  ]);
  const { ContentType } = await s3.client.send(new GetObjectCommand({ Bucket: s3.bucket, Key: s3Path }));
  expect(ContentType).toBe("image/png");
});

test("a video of several parts is stored whole, with the measures that stand at its end", async () => {
  const { deliver, said } = setUp("video", "/clip");
  expect(await deliver()).toEqual(done);
  const measures = { width: 320, height: 180, durationSeconds: 2 };
  const facts = { bytes: clip.length, sha256: sha256(clip), contentType: "video/mp4", ...measures };
  expect(said()).toMatchObject([["MediaStored", { media: [facts] }]]);
  expect(clip.length).toBeGreaterThan(8 * mebibyte);
});

test("128 MiB without a length pass through a few parts' memory", async () => {
  const { deliver, said } = setUp("audio", "/sound");
  const before = process.memoryUsage().rss;
  let most = before;
  const sampling = setInterval(() => {
    most = Math.max(most, process.memoryUsage().rss);
  }, 10);
  expect(await deliver()).toEqual(done);
  clearInterval(sampling);
  expect(said()).toMatchObject([
    ["MediaStored", { media: [{ bytes: 44 + sampleBytes, durationSeconds: expect.closeTo(sampleBytes / 96_000, 2) }] }],
  ]);
  expect(most - before).toBeLessThan(100 * mebibyte);
});

test.each([
  ["broke off in the middle", "/truncated"],
  ["stands still in the middle", "/stalled"],
  ["is not there yet", "/unknown"],
])("an output that %s leaves nothing behind and is tried again", async (_, path) => {
  const { deliver, said, delays, keys } = setUp("video", path);
  expect(await deliver()).toEqual(again);
  expect(delays).toEqual([2]);
  expect(said()).toEqual([]);
  expect(await keys()).toEqual([]);
  expect(await s3.openUploads()).toBe(0);
});

test.each([
  ["has expired", "/unknown", "output_expired", { now: late }],
  ["is larger than is stored", "/clip", "output_too_large", { maxBytes: mebibyte }],
  ["turns out larger than is stored", "/sound", "output_too_large", { maxBytes: 20 * mebibyte }],
  ["is a page", "/page", "output_type_refused", {}],
  ["leads home", "/to-loopback", "output_host_refused", {}],
])("an output that %s is lost, and leaves nothing behind", async (_, path, code, circumstances) => {
  const { deliver, said, keys } = setUp("audio", path, circumstances);
  expect(await deliver()).toEqual(done);
  expect(said()).toMatchObject([["MediaLost", { media: [], lost: [{ index: 0, error: { code } }] }]]);
  expect(await keys()).toEqual([]);
  expect(await s3.openUploads()).toBe(0);
});

test("an output that is not there after four times is missing", async () => {
  const { deliver, said } = setUp("video", "/unknown");
  await deliver(4);
  expect(said()).toMatchObject([["MediaLost", { lost: [{ error: { code: "output_missing" } }] }]]);
});

test("a repetition says the same without asking upstream", async () => {
  const { deliver, said } = setUp("video", "/clip");
  await deliver();
  const asked = upstream.requests.length;
  await deliver(2);
  expect(upstream.requests.length).toBe(asked);
  expect(said()[1]).toEqual(said()[0]);
});

const sha256 = (bytes: Buffer) => createHash("sha256").update(bytes).digest("hex");
