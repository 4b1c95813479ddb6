import * as z from "zod";
import { defineModel } from "./define-model.ts";
import { audioFile, prompt, seed } from "./parameters.ts";

export const musicgen = defineModel({
  modelId: "musicgen",
  mediaType: "audio",
  replicate: {
    owner: "meta",
    name: "musicgen",
    version: "671ac645ce5e552cc63a54a2bbff63fcf798043055d2dac5fc9e36a837eedcfb",
  },
  parameters: z.strictObject({
    prompt,
    /** A melody to follow. */
    audio: audioFile.exactOptional(),
    duration: z.int().min(1).max(120).default(8),
    model_version: z.enum(["stereo-melody-large", "stereo-large", "melody-large", "large"]).exactOptional(),
    temperature: z.number().min(0).max(10).exactOptional(),
    classifier_free_guidance: z.int().min(0).max(20).exactOptional(),
    seed,
  }),
  toInput: ({ audio, ...same }) => ({ ...same, ...(audio !== undefined && { input_audio: audio }) }),
  price: {
    rule: () => ({ per: "gpu_second", hardware: "gpu-a100-large", amountMicros: 1_400 }),
    source: "Replicate's price list of hardware",
    date: "2026-07-29",
  },
  expected: ({ duration }) => ({ outputs: 1, outputSeconds: duration, megapixels: 0, predictSeconds: 66 }),
  estimatedSeconds: 90,
});
