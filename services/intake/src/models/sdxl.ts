import * as z from "zod";
import { defineModel } from "./define-model.ts";
import { flag, fraction, imageFile, negativePrompt, numOutputs, prompt, seed } from "./parameters.ts";

const side = z.int().min(256).max(1440).multipleOf(8).default(1024);

export const sdxl = defineModel({
  modelId: "sdxl",
  mediaType: "image",
  replicate: {
    owner: "stability-ai",
    name: "sdxl",
    version: "7762fd07cf82c948538e41f63f77d685e02b063e37e496e96eefd46c929f9bdc",
  },
  parameters: z.strictObject({
    prompt,
    negative_prompt: negativePrompt,
    image: imageFile.exactOptional(),
    prompt_strength: fraction,
    width: side,
    height: side,
    num_outputs: numOutputs,
    scheduler: z
      .enum(["DDIM", "DPMSolverMultistep", "HeunDiscrete", "KarrasDPM", "K_EULER_ANCESTRAL", "K_EULER", "PNDM"])
      .exactOptional(),
    num_inference_steps: z.int().min(1).max(500).default(50),
    guidance_scale: z.number().min(1).max(50).exactOptional(),
    refine: z.enum(["no_refiner", "expert_ensemble_refiner", "base_image_refiner"]).exactOptional(),
    high_noise_frac: fraction,
    refine_steps: z.int().min(1).max(500).exactOptional(),
    apply_watermark: flag,
    disable_safety_checker: flag,
    seed,
  }),
  price: {
    rule: () => ({ per: "gpu_second", hardware: "gpu-l40s", amountMicros: 975 }),
    source: "Replicate's price list of hardware",
    date: "2026-07-29",
  },
  expected: ({ num_outputs, width, height, num_inference_steps }) => ({
    outputs: num_outputs,
    outputSeconds: 0,
    megapixels: (num_outputs * width * height) / 1e6,
    /** 5 s at the 50 steps of one default image, and in proportion. */
    predictSeconds: 5 * num_outputs * (num_inference_steps / 50),
  }),
  estimatedSeconds: 10,
});
