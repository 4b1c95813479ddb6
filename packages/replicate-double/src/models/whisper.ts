import { z } from "zod";
import { writeProse } from "../media/prose.ts";
import { randomFrom } from "../seed.ts";
import { defineModel } from "./define-model.ts";
import { file } from "./inputs.ts";

const SECONDS_PER_TOKEN = 0.4;
const TOKENS_PER_SENTENCE = 7;

const segment = z.object({ id: z.int(), start: z.number(), end: z.number(), text: z.string() });

/** Its output is an object; the double cannot listen, so that what it heard follows from the audio's URL. */
export const whisper = defineModel({
  name: "openai/whisper",
  description: "Convert speech in audio to text",
  versions: ["8099696689d249cf8b122d833c36ac3f75505c666a395ca40ef26f68e7d3d16e"],
  input: z.object({
    audio: file("Audio file"),
    transcription: z
      .enum(["plain text", "srt", "vtt"])
      .default("plain text")
      .describe("Choose the format for the transcription"),
    translate: z
      .boolean()
      .default(false)
      .describe("Translate the text to English when set to True, otherwise transcribe it as it is"),
    language: z.string().default("auto").describe("Language spoken in the audio, specify 'auto' to detect it"),
    temperature: z.number().default(0).describe("temperature to use for sampling"),
    suppress_tokens: z.string().default("-1").describe("comma-separated list of token ids to suppress"),
    initial_prompt: z.string().optional().describe("optional text to provide as a prompt for the first window."),
    condition_on_previous_text: z.boolean().default(true).describe("provide the previous output as a prompt"),
    temperature_increment_on_fallback: z.number().default(0.2).describe("temperature to increase when falling back"),
    compression_ratio_threshold: z.number().default(2.4).describe("treat a higher gzip ratio as failed decoding"),
    logprob_threshold: z.number().default(-1).describe("treat a lower average log probability as failed decoding"),
    no_speech_threshold: z.number().default(0.6).describe("consider the segment as silence above this probability"),
  }),
  example: { audio: "https://replicate.delivery/pbxt/speech.wav" },
  output: {
    shape: "value",
    schema: z.object({
      segments: z.array(segment),
      transcription: z.string(),
      translation: z.string().nullable(),
      detected_language: z.string(),
    }),
  },
  timings: { bootSeconds: [0.3, 1, 20, 120], predictSeconds: [4, 16.6, 40, 120] },
  price: () => ({ per: "second of compute", hardware: "gpu-l40s" }),
  inspiredBy: (input) => [input.audio, input.language],
  draw: (input, seed) => {
    const sentences = 2 + Math.floor(randomFrom(seed)() * 4);
    const tokens = writeProse({ tokens: sentences * TOKENS_PER_SENTENCE, seed });
    const segments = Array.from({ length: sentences }, (_, id) => {
      const [from, until] = [id * TOKENS_PER_SENTENCE, (id + 1) * TOKENS_PER_SENTENCE];
      const text = tokens.slice(from, until).join("");
      return { id, start: inSeconds(from), end: inSeconds(until), text };
    });
    return {
      kind: "value",
      value: {
        segments,
        transcription: transcribe(segments, input.transcription),
        translation: input.translate ? transcribe(segments, "plain text") : null,
        detected_language: input.language === "auto" ? "english" : input.language,
      },
    };
  },
});

const inSeconds = (tokens: number) => Math.round(tokens * SECONDS_PER_TOKEN * 10) / 10;

function transcribe(segments: z.infer<typeof segment>[], format: "plain text" | "srt" | "vtt"): string {
  if (format === "plain text") return segments.map(({ text }) => text).join("");
  const comma = format === "srt" ? "," : ".";
  const cues = segments.map(({ id, start, end, text }) => {
    const span = `${timecode(start, comma)} --> ${timecode(end, comma)}\n${text.trim()}\n`;
    return format === "srt" ? `${id + 1}\n${span}` : span;
  });
  return [...(format === "vtt" ? ["WEBVTT\n"] : []), ...cues].join("\n");
}

/** `00:01:02,500`, with a comma for SRT and a point for WebVTT. */
const timecode = (seconds: number, mark: string) =>
  new Date(Math.round(seconds * 1000)).toISOString().slice(11, 23).replace(".", mark);
