import { ALL_FORMATS, BufferSource, Input } from "mediabunny";
import sharp from "sharp";
import { expect, test } from "vitest";
import type { ReplicateDouble } from "../src/index.ts";
import { clientOf, eventually, startForTest } from "./harness.ts";

async function make(double: ReplicateDouble, model: `${string}/${string}`, input: object) {
  const { output, ...prediction } = await clientOf(double).predictions.create({ model, input, wait: 20 });
  const response = await fetch(Array.isArray(output) ? output[0] : output);
  return { prediction, type: response.headers.get("content-type"), bytes: await response.arrayBuffer() };
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
    const { type, bytes } = await make(double, "black-forest-labs/flux-1.1-pro", input);
    const { width, height } = await sharp(bytes).metadata();
    expect({ type, width, height }).toEqual({ type: contentType, width: 512, height: 320 });
  }
});

test("a video is H.264 of the length and rate asked for", async () => {
  const double = await startForTest();
  const input = { prompt: "waves", duration: 2, resolution: "480p", aspect_ratio: "9:16" };
  const { type, bytes, prediction } = await make(double, "bytedance/seedance-1-lite", input);
  expect(type).toBe("video/mp4");
  expect(await probe(bytes)).toEqual({ seconds: 2, codec: "avc", framesPerSecond: 24 });
  expect(prediction.metrics).toMatchObject({ video_output_duration_seconds: 2 });
});

test("a sound is a WAV of half a minute", async () => {
  const { type, bytes, prediction } = await make(await startForTest(), "google/lyria-2", { prompt: "calm" });
  expect(type).toBe("audio/wav");
  expect(await probe(bytes)).toMatchObject({ seconds: 30, codec: "pcm-s16" });
  expect(prediction.metrics).toMatchObject({ audio_output_duration_seconds: 30 });
});

test("model, prompt and seed decide every byte, over restarts too", async () => {
  const draw = async (input: object) =>
    Buffer.from(
      (await make(await startForTest(), "black-forest-labs/flux-schnell", { megapixels: "0.25", ...input })).bytes,
    );
  const first = await draw({ prompt: "a fox", seed: 7 });
  expect(await draw({ prompt: "a fox", seed: 7 })).toEqual(first);
  expect(await draw({ prompt: "a fox", seed: 8 })).not.toEqual(first);
  expect(await draw({ prompt: "a hen", seed: 7 })).not.toEqual(first);
});

test("the API answers while a video is drawn", async () => {
  const double = await startForTest();
  const replicate = clientOf(double);
  const model = "kwaivgi/kling-v2.5-turbo-pro";
  const drawn = replicate.predictions.create({ model, input: { prompt: "long", duration: 10 }, wait: 20 });
  await eventually(async () => (await replicate.predictions.list()).results).toMatchObject([{ status: "processing" }]);
  expect(await drawn).toMatchObject({ status: "succeeded" });
});
