import { JobRequested } from "@vsl/events";
import { describe, expect, test } from "vitest";
import { findModel, models } from "./catalogue.ts";
import type { Model } from "./define-model.ts";

const image = "https://example.com/cat.jpg";
/** The least that each model needs, and what it should come to. */
const runs: Record<string, { parameters: object; micros: number; input?: object }> = {
  "flux-schnell": { parameters: { prompt: "a cat" }, micros: 3_000 },
  "flux-dev": { parameters: { prompt: "a cat", num_outputs: 2 }, micros: 50_000 },
  "flux-1.1-pro": { parameters: { prompt: "a cat", image }, micros: 40_000, input: { image_prompt: image } },
  sdxl: { parameters: { prompt: "a cat" }, micros: 4_875 },
  "stability-video": {
    parameters: { image, motion_bucket_id: 127, fps: 24 },
    micros: 46_200,
    input: { input_image: image, motion_bucket_id: 127, frames_per_second: 24 },
  },
  "kling-v2.5-turbo-pro": {
    parameters: { prompt: "a cat", image, duration: 10 },
    micros: 700_000,
    input: { start_image: image },
  },
  "seedance-1-lite": { parameters: { prompt: "a cat", resolution: "1080p", duration: 3 }, micros: 216_000 },
  "lyria-2": { parameters: { prompt: "a march" }, micros: 60_000 },
  musicgen: {
    parameters: { prompt: "a march", audio: "https://example.com/a.wav" },
    micros: 92_400,
    input: { input_audio: "https://example.com/a.wav", duration: 8 },
  },
};

describe.each(models.map((model): [string, Model] => [model.modelId, model]))("%s", (modelId, model) => {
  const run = runs[modelId] ?? { parameters: {}, micros: 0 };

  test("quotes its price and maps its parameters to the model's own", () => {
    const quote = model.quote(run.parameters);
    expect(quote.price.amountMicros).toBe(run.micros);
    expect(quote.input).toMatchObject(run.input ?? run.parameters);
  });

  test("gives a quote that can be announced", () => {
    expect(JobRequested.payload.safeParse({ ...JobRequested.example, ...model.quote(run.parameters) }).success).toBe(
      true,
    );
  });

  test("runs an official model without a version, and every other with one", () => {
    const { owner, version } = model.quote(run.parameters).model;
    const isCommunity = ["stability-ai", "christophy", "meta"].includes(owner);
    expect(version).toEqual(isCommunity ? expect.stringMatching(/^[0-9a-f]{64}$/) : null);
  });

  test("refuses what it does not know, all at once and by name", () => {
    const wrong = { ...run.parameters, webhook: "https://example.com", num_outputs: 99 };
    expect(() => model.quote(wrong)).toThrow(
      expect.objectContaining({
        code: "parameters.invalid",
        fields: expect.arrayContaining([{ path: "parameters.webhook", message: "is not known here" }]),
      }),
    );
  });

  test("says where its price was read, and when", () => {
    expect(model.price.source).not.toBe("");
    expect(model.price.date).toMatch(/^\d{4}-\d{2}-\d{2}$/);
  });
});

test("models are found by the name that callers know, and by no other", () => {
  expect(findModel("flux-schnell")?.mediaType).toBe("image");
  expect(findModel("constructor")).toBeUndefined();
  expect(new Set(models.map(({ modelId }) => modelId)).size).toBe(models.length);
});
