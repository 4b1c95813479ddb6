import { z } from "zod";
import { defineModel } from "./define-model.ts";
import { file } from "./inputs.ts";

/** Pixels a side of what a picture that nobody looked at is taken to have. */
const ASSUMED_SIDE = 256;

export const realEsrgan = defineModel({
  name: "nightmareai/real-esrgan",
  description: "Real-ESRGAN with optional face correction and adjustable upscale",
  versions: ["42fed1c4974146d4d2414e2be2c5277c7fcf05fcc3a73abf41610695738c1d7b"],
  input: z.object({
    image: file("Input image"),
    scale: z.number().min(0).max(10).default(4).describe("Factor to scale image by"),
    face_enhance: z.boolean().default(false).describe("Run GFPGAN face enhancement along with upscaling"),
  }),
  example: { image: "https://replicate.delivery/pbxt/portrait.png", scale: 2 },
  output: "uri",
  timings: { bootSeconds: [0.2, 0.7, 10, 90], predictSeconds: [0.8, 2.6, 6, 20] },
  price: () => ({ per: "second of compute", hardware: "gpu-t4" }),
  inspiredBy: (input) => [input.image],
  draw: (input) => {
    const side = Math.max(16, Math.round(ASSUMED_SIDE * input.scale));
    return { kind: "image", width: side, height: side, format: "png", quality: 100, count: 1 };
  },
});
