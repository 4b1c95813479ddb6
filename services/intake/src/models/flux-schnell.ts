import * as z from "zod";
import { defineModel } from "./define-model.ts";
import { fluxAspectRatio, fluxExpected, fluxMegapixels } from "./flux.ts";
import { flag, numOutputs, outputFormat, outputQuality, prompt, seed } from "./parameters.ts";

export const fluxSchnell = defineModel({
  modelId: "flux-schnell",
  mediaType: "image",
  replicate: { owner: "black-forest-labs", name: "flux-schnell", version: null },
  parameters: z.strictObject({
    prompt,
    num_outputs: numOutputs,
    aspect_ratio: fluxAspectRatio,
    output_format: outputFormat,
    output_quality: outputQuality,
    megapixels: fluxMegapixels,
    seed,
    num_inference_steps: z.int().min(1).max(4).exactOptional(),
    go_fast: flag,
    disable_safety_checker: flag,
  }),
  price: {
    rule: () => ({ per: "output", amountMicros: 3_000 }),
    source: "genspend receipts",
    date: "2026-07-29",
  },
  expected: (parameters) => fluxExpected(parameters, { predictSeconds: 0.83 }),
  estimatedSeconds: 5,
});
