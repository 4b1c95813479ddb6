import { z } from "zod";
import { defineModel } from "./define-model.ts";

/** Replicate's own example: quick, and its output is a plain string. */
export const helloWorld = defineModel({
  name: "replicate/hello-world",
  description: "A tiny model that says hello",
  versions: [
    "9dcd6d78e7c6560c340d916fe32e9f24aabfa331e5cce95fe31f77fb03121426",
    "5c7d5dc6dd8bf75c1acaa8565735e7986bc5b66206b55cca93cb72c9bf15ccaa",
  ],
  input: z.object({ text: z.string().describe("Text to prefix with 'hello '") }),
  example: { text: "Alice" },
  output: "string",
  timings: { bootSeconds: [0.005, 0.013, 0.05, 0.2], predictSeconds: [0.006, 0.0127, 0.03, 0.1] },
  price: () => ({ per: "second of compute", hardware: "cpu" }),
  inspiredBy: (input) => [input.text],
  draw: (input) => ({ kind: "text", pieces: [`hello ${input.text}`] }),
});
