import * as z from "zod";
import { defineModel } from "./define-model.ts";
import { flag, imageFile, outputFormat, outputQuality, prompt, seed } from "./parameters.ts";

const side = z.int().min(256).max(1440).multipleOf(32).exactOptional();

export const flux11Pro = defineModel({
  modelId: "flux-1.1-pro",
  mediaType: "image",
  replicate: { owner: "black-forest-labs", name: "flux-1.1-pro", version: null },
  parameters: z.strictObject({
    prompt,
    image: imageFile.exactOptional(),
    aspect_ratio: z.enum(["custom", "1:1", "16:9", "3:2", "2:3", "4:5", "5:4", "9:16", "3:4", "4:3"]).exactOptional(),
    /** Only with the aspect ratio "custom". */
    width: side,
    height: side,
    safety_tolerance: z.int().min(1).max(6).exactOptional(),
    prompt_upsampling: flag,
    output_format: outputFormat,
    output_quality: outputQuality,
    seed,
  }),
  toInput: ({ image, ...same }) => ({ ...same, ...(image !== undefined && { image_prompt: image }) }),
  price: {
    rule: () => ({ per: "output", amountMicros: 40_000 }),
    source: "genspend receipts",
    date: "2026-07-29",
  },
  expected: () => ({ outputs: 1, outputSeconds: 0, megapixels: 1, predictSeconds: 3.8 }),
  estimatedSeconds: 8,
});
