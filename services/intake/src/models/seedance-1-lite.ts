import * as z from "zod";
import { defineModel } from "./define-model.ts";
import { flag, imageFile, prompt, seed } from "./parameters.ts";

const microsPerSecond = { "480p": 18_000, "720p": 36_000, "1080p": 72_000 } as const;

/** Text to video; an image, if there is one, is its first frame. */
export const seedanceLite = defineModel({
  modelId: "seedance-1-lite",
  mediaType: "video",
  replicate: { owner: "bytedance", name: "seedance-1-lite", version: null },
  parameters: z.strictObject({
    prompt,
    image: imageFile.exactOptional(),
    duration: z.int().min(2).max(12).default(5),
    resolution: z.enum(["480p", "720p", "1080p"]).default("720p"),
    aspect_ratio: z.enum(["16:9", "4:3", "1:1", "3:4", "9:16", "21:9", "9:21"]).exactOptional(),
    fps: z.literal(24).exactOptional(),
    camera_fixed: flag,
    seed,
  }),
  price: {
    rule: ({ resolution }) => ({ per: "output_second", amountMicros: microsPerSecond[resolution] }),
    source: "renku catalogue",
    date: "2026-05-01",
  },
  expected: ({ duration }) => ({ outputs: 1, outputSeconds: duration, megapixels: 0, predictSeconds: 38 }),
  estimatedSeconds: 45,
});
