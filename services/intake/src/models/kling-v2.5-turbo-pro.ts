import * as z from "zod";
import { defineModel } from "./define-model.ts";
import { fraction, imageFile, negativePrompt, prompt } from "./parameters.ts";

/** Image to video. */
export const klingTurboPro = defineModel({
  modelId: "kling-v2.5-turbo-pro",
  mediaType: "video",
  replicate: { owner: "kwaivgi", name: "kling-v2.5-turbo-pro", version: null },
  parameters: z.strictObject({
    prompt,
    image: imageFile,
    negative_prompt: negativePrompt,
    duration: z.literal([5, 10]).default(5),
    guidance_scale: fraction,
  }),
  toInput: ({ image, ...same }) => ({ ...same, start_image: image }),
  price: {
    rule: () => ({ per: "output_second", amountMicros: 70_000 }),
    source: "genspend receipts",
    date: "2026-07-29",
  },
  expected: ({ duration }) => ({ outputs: 1, outputSeconds: duration, megapixels: 0, predictSeconds: 110 }),
  estimatedSeconds: 120,
});
