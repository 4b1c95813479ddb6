import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { createApi } from "./api.ts";
import type { Completed } from "./contract.ts";
import { createLedger } from "./ledger.ts";
import { type Download, download, lookAt, play } from "./player.ts";
import { createUpstream } from "./upstream.ts";

const { url, replicateUrl, databaseUrl } = inject("system");
const api = createApi(url);
const upstream = createUpstream(replicateUrl);
const userId = "test-user-123";

const ledger = createLedger(databaseUrl);
afterAll(() => ledger.close());

/** The bytes that the caller gets are those that the status tells of. */
function expectAsTold({ bytes, contentType, sha256 }: Download, told: Completed["result"]["outputs"][number]) {
  expect({ fileSize: bytes.length, contentType, sha256 }).toEqual({
    fileSize: told.fileSize,
    contentType: told.contentType,
    sha256: told.sha256,
  });
}

async function expectChargedAsBilled({ jobId, replicateId = "", cost }: Completed) {
  const billed = await upstream.billed(replicateId);
  expect(billed).toBeGreaterThan(0);
  expect(await ledger.charged(jobId)).toBe(billed);
  expect(cost.amount * 1_000_000).toBeCloseTo(billed, 5);
}

describe("an image", () => {
  const prompt = "A beautiful sunset over mountains, vibrant colors, 4k quality";
  let accepted: Awaited<ReturnType<typeof api.request>>;
  let job: Completed;

  beforeAll(async () => {
    accepted = await api.request({ userId, mediaType: "image", modelId: "flux-schnell", parameters: { prompt } });
    job = await api.completed(accepted.jobId);
  });

  test("is promised with an estimate of seconds and dollars", () => {
    expect(accepted).toMatchObject({ estimatedTime: 5, estimatedCost: 0.003 });
  });

  test("is described by its finished job", () => {
    expect(job).toMatchObject({ mediaType: "image", modelId: "flux-schnell", userId, jobId: accepted.jobId });
    expect(job.cost).toEqual({ amount: 0.003, currency: "USD", basis: "output", source: "measured" });
    expect(job.processingTime).toBe(Date.parse(job.completedAt) - Date.parse(job.startedAt ?? ""));
    expect(Date.parse(job.completedAt)).toBeGreaterThan(Date.parse(job.createdAt));
  });

  test("lies in the bucket under its user, day and job", () => {
    const day = job.createdAt.slice(0, 10).replaceAll("-", "/");
    expect(job.result.s3Path).toBe(`image/${userId}/${day}/${job.jobId}/original.webp`);
  });

  test("downloads as the very bytes that the status tells of, and they are a picture", async () => {
    const [output] = job.result.outputs;
    if (!output) throw new Error("There is no output");
    const { originalUrl, s3Path, fileSize } = job.result;
    expect({ originalUrl, s3Path, fileSize }).toEqual({
      originalUrl: output.url,
      s3Path: output.s3Path,
      fileSize: output.fileSize,
    });
    const downloaded = await download(originalUrl);
    expectAsTold(downloaded, output);
    const { width, height } = output;
    expect(await lookAt(downloaded.bytes)).toEqual({ format: "webp", width, height, isBlank: false });
  });

  test("costs what Replicate bills, once", async () => {
    await expectChargedAsBilled(job);
    expect(await ledger.entriesOf(job.jobId)).toEqual([
      { kind: "quote", amount: 3000, source: "estimated" },
      { kind: "charge", amount: 3000, source: "measured" },
    ]);
    expect(await upstream.predictionsOf(job.jobId)).toEqual([job.replicateId]);
  });

  test("leaves a row in each of the four tables", async () => {
    expect(
      await ledger.query(
        "SELECT job_id, status, media_type FROM jobs WHERE user_id = $1 ORDER BY created_at DESC LIMIT 5",
        [userId],
      ),
    ).toContainEqual({ job_id: job.jobId, status: "completed", media_type: "image" });
    expect(await ledger.query("SELECT s3_path, sha256 FROM media_outputs WHERE job_id = $1", [job.jobId])).toEqual([
      { s3_path: job.result.s3Path, sha256: job.result.outputs[0]?.sha256 },
    ]);
    expect(await ledger.query("SELECT owner, name FROM model_configurations WHERE model_id = 'flux-schnell'")).toEqual([
      { owner: "black-forest-labs", name: "flux-schnell" },
    ]);
    const usage = "SELECT jobs_completed::int AS completed, charged_micros::int AS micros FROM usage_tracking";
    expect(await ledger.query(`${usage} WHERE user_id = $1 AND model_id = 'flux-schnell'`, [userId])).toEqual([
      { completed: 1, micros: 3000 },
    ]);
  });
});

test("three pictures of one job are three files, each its own, and each is paid for", async () => {
  const parameters = { prompt: "a harbour at dawn", num_outputs: 3, output_format: "png", megapixels: "0.25" };
  const { jobId } = await api.request({ userId: "three", mediaType: "image", modelId: "flux-schnell", parameters });
  const job = await api.completed(jobId);
  const { outputs } = job.result;
  expect(outputs.map(({ s3Path }) => s3Path.split("/").at(-1))).toEqual([
    "original.png",
    "original-1.png",
    "original-2.png",
  ]);
  for (const output of outputs) {
    const downloaded = await download(output.url);
    expectAsTold(downloaded, output);
    expect(await lookAt(downloaded.bytes)).toMatchObject({ format: "png", width: output.width, height: output.height });
  }
  expect(job.cost.amount).toBe(0.009);
  await expectChargedAsBilled(job);
});

test("a picture becomes a video that a player accepts, paid by the second of its run", async () => {
  const parameters = { image: "https://example.com/a.jpg", motion_bucket_id: 127, fps: 24 };
  const { jobId } = await api.request({ userId, mediaType: "video", modelId: "stability-video", parameters });
  const job = await api.completed(jobId);
  const [output] = job.result.outputs;
  if (!output) throw new Error("There is no output");
  const downloaded = await download(output.url);
  expectAsTold(downloaded, output);
  const played = await play(downloaded.bytes);
  expect(played).toMatchObject({ mimeType: "video/mp4", kind: "video", codec: "avc", packets: 14 });
  expect(played.packetsPerSecond).toBeCloseTo(24, 0);
  expect(played.durationSeconds).toBeCloseTo(14 / 24, 1);
  expect(output.durationSeconds).toBeCloseTo(played.durationSeconds, 2);
  expect(output.s3Path).toMatch(/^video\/.+\/original\.mp4$/);
  expect(job.cost.basis).toBe("gpu_second");
  await expectChargedAsBilled(job);
});

test("a prompt becomes a sound, paid by its length", async () => {
  const parameters = { prompt: "slow strings in an empty hall" };
  const { jobId } = await api.request({ userId, mediaType: "audio", modelId: "lyria-2", parameters });
  const job = await api.completed(jobId);
  const [output] = job.result.outputs;
  if (!output) throw new Error("There is no output");
  const downloaded = await download(output.url);
  expectAsTold(downloaded, output);
  expect(await play(downloaded.bytes)).toMatchObject({ kind: "audio", codec: "pcm-s16", durationSeconds: 30 });
  expect(output).toMatchObject({ contentType: "audio/wav", durationSeconds: 30 });
  expect(job.cost).toMatchObject({ basis: "output_second", amount: 0.06 });
  await expectChargedAsBilled(job);
});
