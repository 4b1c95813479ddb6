import { z } from "zod";
import { defineModel } from "./define-model.ts";
import { prompt, seed } from "./inputs.ts";

const side = z.literal([64, 128, 192, 256, 320, 384, 448, 512, 576, 640, 704, 768, 832, 896, 960, 1024]).default(768);

export const stableDiffusion = defineModel({
  name: "stability-ai/stable-diffusion",
  description:
    "A latent text-to-image diffusion model capable of generating photo-realistic images given any text input",
  versions: [
    "ac732df83cea7fff18b8472768c88ad041fa750ff7682a21affe81863cbe77e4",
    "27b93a2413e7f36cd83da926f3656280b2931564ff050bf9575f1fdf9bcd7478",
  ],
  input: z.object({
    prompt: prompt("Input prompt").default("a vision of paradise. unreal engine"),
    negative_prompt: prompt("Specify things to not see in the output").optional(),
    height: side.describe("Height of generated image in pixels. Needs to be a multiple of 64"),
    width: side.describe("Width of generated image in pixels. Needs to be a multiple of 64"),
    num_outputs: z.int().min(1).max(4).default(1).describe("Number of images to generate."),
    num_inference_steps: z.int().min(1).max(500).default(50).describe("Number of denoising steps"),
    guidance_scale: z.number().min(1).max(20).default(7.5).describe("Scale for classifier-free guidance"),
    scheduler: z
      .enum(["DDIM", "K_EULER", "DPMSolverMultistep", "K_EULER_ANCESTRAL", "PNDM", "KLMS"])
      .default("DPMSolverMultistep")
      .describe("Choose a scheduler."),
    seed,
  }),
  example: { prompt: "a 19th century portrait of a raccoon gentleman wearing a suit", width: 512, height: 512 },
  output: "uri[]",
  timings: { bootSeconds: [0.1, 0.7, 8, 60], predictSeconds: [1.5, 2.4, 5, 12] },
  price: () => ({ per: "second of compute", hardware: "gpu-a100-large" }),
  inspiredBy: (input) => [input.prompt, input.negative_prompt, input.seed],
  steps: (input) => input.num_inference_steps,
  draw: (input) => ({
    kind: "image",
    width: input.width,
    height: input.height,
    format: "png",
    quality: 100,
    count: input.num_outputs,
  }),
});
