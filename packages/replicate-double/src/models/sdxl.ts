import { z } from "zod";
import { defineModel } from "./define-model.ts";
import { file, prompt, seed } from "./inputs.ts";

const side = z.int().min(256).max(1440).default(1024);
const fraction = z.number().min(0).max(1);

export const sdxl = defineModel({
  name: "stability-ai/sdxl",
  description: "A text-to-image generative AI model that creates beautiful images",
  versions: [
    "7762fd07cf82c948538e41f63f77d685e02b063e37e496e96eefd46c929f9bdc",
    "39ed52f2a78e934b3ba6e2a89f5b1c712de7dfea535525255b1aa35c5565e08b",
    "8beff3369e81422112d93b89ca01426147de542cd4684c244b673b105188fe5f",
    "da77bc59ee60423279fd632efb4795ab731d9e3ca9705ef3341091fb989b7eaf",
  ],
  input: z.object({
    prompt: prompt("Input prompt").default("An astronaut riding a rainbow unicorn"),
    negative_prompt: prompt("Input Negative Prompt").default(""),
    image: file("Input image for img2img or inpaint mode").optional(),
    mask: file("Input mask for inpaint mode. Black areas will be preserved, white areas will be inpainted.").optional(),
    width: side.describe("Width of output image"),
    height: side.describe("Height of output image"),
    num_outputs: z.int().min(1).max(4).default(1).describe("Number of images to output."),
    scheduler: z
      .enum(["DDIM", "DPMSolverMultistep", "HeunDiscrete", "KarrasDPM", "K_EULER_ANCESTRAL", "K_EULER", "PNDM"])
      .default("K_EULER")
      .describe("scheduler"),
    num_inference_steps: z.int().min(1).max(500).default(50).describe("Number of denoising steps"),
    guidance_scale: z.number().min(1).max(50).default(7.5).describe("Scale for classifier-free guidance"),
    prompt_strength: fraction.default(0.8).describe("Prompt strength when using img2img / inpaint."),
    seed,
    refine: z
      .enum(["no_refiner", "expert_ensemble_refiner", "base_image_refiner"])
      .default("no_refiner")
      .describe("Which refine style to use"),
    high_noise_frac: fraction.default(0.8).describe("For expert_ensemble_refiner, the fraction of noise to use"),
    refine_steps: z.int().optional().describe("For base_image_refiner, the number of steps to refine"),
    apply_watermark: z.boolean().default(true).describe("Applies a watermark"),
    lora_scale: fraction.default(0.6).describe("LoRA additive scale. Only applicable on trained models."),
    disable_safety_checker: z.boolean().default(false).describe("Disable safety checker for generated images."),
  }),
  example: { prompt: "An astronaut riding a rainbow unicorn, cinematic, dramatic" },
  output: "uri[]",
  timings: { bootSeconds: [0.1, 0.7, 8, 60], predictSeconds: [3.5, 5, 9, 20] },
  price: () => ({ per: "second of compute", hardware: "gpu-l40s" }),
  steps: (input) => input.num_inference_steps,
  inspiredBy: (input) => [input.prompt, input.negative_prompt, input.seed, input.image, input.mask],
  draw: (input) => ({
    kind: "image",
    width: input.width,
    height: input.height,
    format: "png",
    quality: 100,
    count: input.num_outputs,
  }),
});
