import { z } from "zod";
import { defineModel } from "./define-model.ts";
import { file, prompt } from "./inputs.ts";
import { aspectOf } from "./sizes.ts";
import { alwaysWarm } from "./timings.ts";

const FRAMES_PER_SECOND = 24;

export const klingTurboPro = defineModel({
  name: "kwaivgi/kling-v2.5-turbo-pro",
  description: "Kling 2.5 Turbo Pro: text-to-video and image-to-video with smooth motion and cinematic depth",
  versions: "official",
  input: z.object({
    prompt: prompt("Text prompt for video generation"),
    negative_prompt: prompt("Things you do not want to see in the video").default(""),
    start_image: file("First frame of the video").optional(),
    aspect_ratio: z
      .enum(["16:9", "9:16", "1:1"])
      .default("16:9")
      .describe("Aspect ratio of the video. Ignored if start_image is provided."),
    duration: z.literal([5, 10]).default(5).describe("Duration of the video in seconds"),
    guidance_scale: z.number().min(0).max(1).default(0.5).describe("Flexibility in video generation"),
  }),
  example: { prompt: "A paper boat sails down a rainy street" },
  output: "uri",
  timings: { bootSeconds: alwaysWarm, predictSeconds: [65, 110, 210, 480] },
  price: () => ({ per: "second of output", micros: 70_000, metric: "video_output_duration_seconds" }),
  inspiredBy: (input) => [input.prompt, input.negative_prompt, input.start_image],
  draw: (input) => ({
    kind: "video",
    aspect: aspectOf(input.aspect_ratio),
    frames: input.duration * FRAMES_PER_SECOND,
    framesPerSecond: FRAMES_PER_SECOND,
  }),
});
