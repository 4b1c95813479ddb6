import { z } from "zod";
import { defineModel } from "./define-model.ts";
import { prompt, seed } from "./inputs.ts";
import { alwaysWarm } from "./timings.ts";

export const lyria2 = defineModel({
  name: "google/lyria-2",
  description: "Lyria 2 is a music generation model that produces 48kHz stereo audio through text-based prompts",
  versions: "official",
  input: z.object({
    prompt: prompt("Text prompt for audio generation"),
    negative_prompt: prompt("Description of what to exclude from the generated audio").optional(),
    seed,
  }),
  example: { prompt: "Calm piano over a soft choir" },
  output: "uri",
  timings: { bootSeconds: alwaysWarm, predictSeconds: [15, 24, 40, 90] },
  price: () => ({ per: "second of output", micros: 2_000, metric: "audio_output_duration_seconds" }),
  inspiredBy: (input) => [input.prompt, input.negative_prompt, input.seed],
  draw: () => ({ kind: "audio", seconds: 30, sampleRate: 48_000, tracks: ["output"] }),
});
