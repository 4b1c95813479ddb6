import { z } from "zod";
import { defineModel } from "./define-model.ts";
import { file, prompt, seed } from "./inputs.ts";
import { sizeOf } from "./sizes.ts";
import { alwaysWarm } from "./timings.ts";

const aspectRatio = z
  .enum(["1:1", "16:9", "21:9", "3:2", "2:3", "4:5", "5:4", "3:4", "4:3", "9:16", "9:21"])
  .default("1:1")
  .describe("Aspect ratio for the generated image");
const outputFormat = z.enum(["webp", "jpg", "png"]).default("webp").describe("Format of the output images");
const outputQuality = z
  .int()
  .min(0)
  .max(100)
  .default(80)
  .describe("Quality when saving the output images, from 0 to 100. Not relevant for .png outputs");
const megapixels = z.enum(["1", "0.25"]).default("1").describe("Approximate number of megapixels for generated image");
const numOutputs = z.int().min(1).max(4).default(1).describe("Number of outputs to generate");
const disableSafetyChecker = z.boolean().default(false).describe("Disable safety checker for generated images.");
const goFast = z.boolean().default(true).describe("Run faster predictions with a model optimized for speed");

export const fluxSchnell = defineModel({
  name: "black-forest-labs/flux-schnell",
  description: "The fastest image generation model tailored for local development and personal use",
  versions: "official",
  input: z.object({
    prompt: prompt("Prompt for generated image"),
    aspect_ratio: aspectRatio,
    num_outputs: numOutputs,
    num_inference_steps: z.int().min(1).max(4).default(4).describe("Number of denoising steps. 4 is recommended"),
    seed,
    output_format: outputFormat,
    output_quality: outputQuality,
    disable_safety_checker: disableSafetyChecker,
    go_fast: goFast,
    megapixels,
  }),
  example: { prompt: "A harbour at dawn, fishing boats under a pink sky" },
  output: "uri[]",
  timings: { bootSeconds: alwaysWarm, predictSeconds: [0.5, 0.83, 1.9, 5] },
  price: () => ({ per: "image", micros: 3_000 }),
  inspiredBy: (input) => [input.prompt, input.seed],
  steps: (input) => input.num_inference_steps,
  draw: (input) => ({
    kind: "image",
    ...sizeOf(input.aspect_ratio, Number(input.megapixels)),
    format: input.output_format,
    quality: input.output_quality,
    count: input.num_outputs,
  }),
});

export const fluxDev = defineModel({
  name: "black-forest-labs/flux-dev",
  description: "A 12 billion parameter rectified flow transformer capable of generating images from text descriptions",
  versions: "official",
  input: z.object({
    prompt: prompt("Prompt for generated image"),
    aspect_ratio: aspectRatio,
    image: file("Input image for image to image mode").optional(),
    prompt_strength: z.number().min(0).max(1).default(0.8).describe("Prompt strength when using img2img"),
    num_outputs: numOutputs,
    num_inference_steps: z.int().min(1).max(50).default(28).describe("Number of denoising steps"),
    guidance: z.number().min(0).max(10).default(3).describe("Guidance for generated image"),
    seed,
    output_format: outputFormat,
    output_quality: outputQuality,
    disable_safety_checker: disableSafetyChecker,
    go_fast: goFast,
    megapixels,
  }),
  example: { prompt: "A bowl of pears by a window, film photograph", guidance: 3.5 },
  output: "uri[]",
  timings: { bootSeconds: alwaysWarm, predictSeconds: [1.9, 3.2, 7, 15] },
  price: () => ({ per: "image", micros: 25_000 }),
  inspiredBy: (input) => [input.prompt, input.seed, input.image],
  steps: (input) => input.num_inference_steps,
  draw: (input) => ({
    kind: "image",
    ...sizeOf(input.aspect_ratio, Number(input.megapixels)),
    format: input.output_format,
    quality: input.output_quality,
    count: input.num_outputs,
  }),
});

const side = z.int().min(256).max(1440).optional();

export const flux11Pro = defineModel({
  name: "black-forest-labs/flux-1.1-pro",
  description:
    "Faster, better FLUX Pro. Text-to-image model with excellent image quality, prompt adherence, and output diversity.",
  versions: "official",
  input: z.object({
    prompt: prompt("Text prompt for image generation"),
    image_prompt: file("Image to use with Flux Redux, together with the prompt").optional(),
    aspect_ratio: z
      .enum(["custom", "1:1", "16:9", "3:2", "2:3", "4:5", "5:4", "9:16", "3:4", "4:3"])
      .default("1:1")
      .describe("Aspect ratio for the generated image"),
    width: side.describe("Width of the generated image. Only used when aspect_ratio=custom"),
    height: side.describe("Height of the generated image. Only used when aspect_ratio=custom"),
    safety_tolerance: z.int().min(1).max(6).default(2).describe("Safety tolerance, 1 is most strict"),
    seed,
    prompt_upsampling: z.boolean().default(false).describe("Automatically modify the prompt"),
    output_format: outputFormat,
    output_quality: outputQuality,
  }),
  example: { prompt: "A lighthouse in a storm, oil on canvas", aspect_ratio: "3:2" },
  output: "uri",
  timings: { bootSeconds: alwaysWarm, predictSeconds: [2.6, 3.8, 6.5, 12] },
  price: () => ({ per: "image", micros: 40_000 }),
  inspiredBy: (input) => [input.prompt, input.seed, input.image_prompt],
  draw: (input) => ({
    kind: "image",
    ...(input.aspect_ratio === "custom"
      ? { width: input.width ?? 1024, height: input.height ?? 1024 }
      : sizeOf(input.aspect_ratio)),
    format: input.output_format,
    quality: input.output_quality,
    count: 1,
  }),
});
