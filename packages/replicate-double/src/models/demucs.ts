import { z } from "zod";
import { defineModel } from "./define-model.ts";
import { file } from "./inputs.ts";

const stems = ["vocals", "drums", "bass", "other"] as const;

/** Its output is an object of links, one a stem. */
export const demucs = defineModel({
  name: "cjwbw/demucs",
  description: "Demucs is an audio source separator created by Facebook Research",
  versions: ["25a173108cff36ef9f80f854c162d01df9e6528be175794b81158fa03836d953"],
  input: z.object({
    audio: file("Upload the file to be processed here."),
    stem: z
      .enum(["none", ...stems])
      .default("none")
      .describe("If you just want to isolate one stem, you can choose it here."),
    /** Replicate's also writes mp3 and flac, which need encoders that the double does not carry. */
    output_format: z.enum(["wav"]).default("wav").describe("Choose the audio format you would like to be returned."),
    shifts: z.int().min(1).default(1).describe("Number of random shifts for equivariant stabilization."),
    overlap: z.number().default(0.25).describe("Overlap between the splits."),
  }),
  example: { audio: "https://replicate.delivery/pbxt/song.wav" },
  output: {
    shape: "uris by name",
    schema: z.object({
      vocals: z.url().optional(),
      drums: z.url().optional(),
      bass: z.url().optional(),
      other: z.url().optional(),
    }),
  },
  timings: { bootSeconds: [0.5, 10, 60, 180], predictSeconds: [10, 25, 60, 150] },
  price: () => ({ per: "second of compute", hardware: "gpu-t4" }),
  inspiredBy: (input) => [input.audio],
  draw: (input) => ({
    kind: "audio",
    seconds: 4,
    sampleRate: 22_050,
    tracks: input.stem === "none" ? [...stems] : [input.stem],
  }),
});
