import { z } from "zod";
import { defineModel } from "./define-model.ts";
import { file, prompt, seed } from "./inputs.ts";
import { oftenCold } from "./timings.ts";

export const musicgen = defineModel({
  name: "meta/musicgen",
  description: "Generate music from a prompt or melody",
  versions: ["671ac645ce5e552cc63a54a2bbff63fcf798043055d2dac5fc9e36a837eedcfb"],
  input: z.object({
    model_version: z
      .enum(["stereo-melody-large", "stereo-large", "melody-large", "large"])
      .default("stereo-melody-large")
      .describe("Model to use for generation"),
    prompt: prompt("A description of the music you want to generate.").optional(),
    input_audio: file("An audio file that will influence the generated music").optional(),
    duration: z.int().min(1).max(120).default(8).describe("Duration of the generated audio in seconds."),
    temperature: z.number().default(1).describe("Controls the conservativeness of the sampling process"),
    classifier_free_guidance: z.int().default(3).describe("Increases the influence of inputs on the output"),
    /** Replicate's also writes mp3, which needs an encoder that the double does not carry. */
    output_format: z.enum(["wav"]).default("wav").describe("Output format for generated audio."),
    seed,
  }),
  example: { prompt: "A triumphant, cinematic march with brass", duration: 8 },
  output: "uri",
  timings: { bootSeconds: oftenCold, predictSeconds: [30, 66, 120, 200] },
  price: () => ({ per: "second of compute", hardware: "gpu-a100-large" }),
  inspiredBy: (input) => [input.model_version, input.prompt, input.input_audio, input.seed],
  draw: (input) => ({ kind: "audio", seconds: input.duration, sampleRate: 32_000, tracks: ["output"] }),
});
