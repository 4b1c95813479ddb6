import { ALL_FORMATS, BufferSource, Input } from "mediabunny";
import sharp from "sharp";
import { expect, test } from "vitest";
import type { ReplicateDouble } from "../src/index.ts";
import { clientOf, eventually, fluxSchnell, small, startForTest, svdVersion } from "./harness.ts";

async function make(double: ReplicateDouble, wanted: { input: object } & ({ model: string } | { version: string })) {
  const { output } = await clientOf(double).predictions.create({ ...wanted, wait: 20 });
  const response = await fetch(Array.isArray(output) ? output[0] : output);
  return { type: response.headers.get("content-type"), bytes: await response.arrayBuffer() };
}

async function probe(bytes: ArrayBuffer) {
  const media = new Input({ formats: ALL_FORMATS, source: new BufferSource(bytes) });
  const [video, audio] = [await media.getPrimaryVideoTrack(), await media.getPrimaryAudioTrack()];
  const seconds = Math.round((await media.computeDuration()) * 100) / 100;
  const frames = video && (await video.computePacketStats());
  return { seconds, codec: (video ?? audio)?.codec, framesPerSecond: frames && Math.round(frames.averagePacketRate) };
}

test("images come as WebP, JPEG and PNG of the size asked for", async () => {
  const double = await startForTest();
  for (const [format, contentType] of [
    ["webp", "image/webp"],
    ["jpg", "image/jpeg"],
    ["png", "image/png"],
  ] as const) {
    const input = { prompt: "x", output_format: format, aspect_ratio: "custom", width: 512, height: 320 };
    const { type, bytes } = await make(double, { model: "black-forest-labs/flux-1.1-pro", input });
    const { width, height } = await sharp(bytes).metadata();
    expect({ type, width, height }).toEqual({ type: contentType, width: 512, height: 320 });
  }
});

test("a video is H.264 of the length and rate asked for", async () => {
  const input = { input_image: "https://a.b/c.png", frames_per_second: 7 };
  const { type, bytes } = await make(await startForTest(), { version: svdVersion, input });
  expect(type).toBe("video/mp4");
  expect(await probe(bytes)).toEqual({ seconds: 2, codec: "avc", framesPerSecond: 7 });
});

test("a sound is a WAV of the length asked for", async () => {
  const version = "671ac645ce5e552cc63a54a2bbff63fcf798043055d2dac5fc9e36a837eedcfb";
  const { type, bytes } = await make(await startForTest(), { version, input: { prompt: "calm", duration: 3 } });
  expect(type).toBe("audio/wav");
  expect(await probe(bytes)).toMatchObject({ seconds: 3, codec: "pcm-s16" });
});

test("model, prompt and seed decide every byte, over restarts too", async () => {
  const draw = async (input: object) =>
    Buffer.from((await make(await startForTest(), { model: fluxSchnell, input: { ...small, ...input } })).bytes);
  const first = await draw({ prompt: "a fox", seed: 7 });
  expect(await draw({ prompt: "a fox", seed: 7 })).toEqual(first);
  expect(await draw({ prompt: "a fox", seed: 8 })).not.toEqual(first);
  expect(await draw({ prompt: "a hen", seed: 7 })).not.toEqual(first);
});

test("the API answers while a video is drawn", async () => {
  const double = await startForTest();
  const replicate = clientOf(double);
  const input = { input_image: "https://a.b/c.png", video_length: "25_frames_with_svd_xt" };
  const drawn = replicate.predictions.create({ version: svdVersion, input, wait: 20 });
  await eventually(async () => (await replicate.predictions.list()).results).toMatchObject([{ status: "processing" }]);
  expect(await drawn).toMatchObject({ status: "succeeded" });
});
