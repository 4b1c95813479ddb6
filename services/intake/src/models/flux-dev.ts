import * as z from "zod";
import { defineModel } from "./define-model.ts";
import { fluxAspectRatio, fluxExpected, fluxMegapixels } from "./flux.ts";
import { flag, fraction, imageFile, numOutputs, outputFormat, outputQuality, prompt, seed } from "./parameters.ts";

export const fluxDev = defineModel({
  modelId: "flux-dev",
  mediaType: "image",
  replicate: { owner: "black-forest-labs", name: "flux-dev", version: null },
  parameters: z.strictObject({
    prompt,
    image: imageFile.exactOptional(),
    prompt_strength: fraction,
    num_outputs: numOutputs,
    aspect_ratio: fluxAspectRatio,
    output_format: outputFormat,
    output_quality: outputQuality,
    megapixels: fluxMegapixels,
    seed,
    num_inference_steps: z.int().min(1).max(50).exactOptional(),
    guidance: z.number().min(0).max(10).exactOptional(),
    go_fast: flag,
    disable_safety_checker: flag,
  }),
  price: {
    rule: () => ({ per: "output", amountMicros: 25_000 }),
    source: "genspend receipts",
    date: "2026-07-29",
  },
  expected: (parameters) => fluxExpected(parameters, { predictSeconds: 3.2 }),
  estimatedSeconds: 8,
});
