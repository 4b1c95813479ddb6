import * as z from "zod";
import { defineModel } from "./define-model.ts";
import { negativePrompt, prompt, seed } from "./parameters.ts";

/** Music from text, always about 30 seconds of it. */
export const lyria2 = defineModel({
  modelId: "lyria-2",
  mediaType: "audio",
  replicate: { owner: "google", name: "lyria-2", version: null },
  parameters: z.strictObject({ prompt, negative_prompt: negativePrompt, seed }),
  price: {
    rule: () => ({ per: "output_second", amountMicros: 2_000 }),
    source: "genspend receipts",
    date: "2026-07-29",
  },
  expected: () => ({ outputs: 1, outputSeconds: 30, megapixels: 0, predictSeconds: 24 }),
  estimatedSeconds: 30,
});
