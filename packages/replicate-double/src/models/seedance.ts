import { z } from "zod";
import { defineModel } from "./define-model.ts";
import { file, prompt, seed } from "./inputs.ts";
import { aspectOf } from "./sizes.ts";
import { alwaysWarm } from "./timings.ts";

const microsPerSecond = { "480p": 18_000, "720p": 36_000, "1080p": 72_000 } as const;

export const seedanceLite = defineModel({
  name: "bytedance/seedance-1-lite",
  description: "A video generation model that offers text-to-video and image-to-video support",
  versions: "official",
  input: z.object({
    prompt: prompt("Text prompt for video generation"),
    image: file("Input image for image-to-video generation").optional(),
    last_frame_image: file("Input image for last frame generation").optional(),
    duration: z.int().min(2).max(12).default(5).describe("Video duration in seconds"),
    resolution: z.enum(["480p", "720p", "1080p"]).default("720p").describe("Video resolution"),
    aspect_ratio: z
      .enum(["16:9", "4:3", "1:1", "3:4", "9:16", "21:9", "9:21"])
      .default("16:9")
      .describe("Video aspect ratio. Ignored if an image is used."),
    fps: z.literal([24]).default(24).describe("Frame rate (frames per second)"),
    camera_fixed: z.boolean().default(false).describe("Whether to fix camera position"),
    seed,
  }),
  example: { prompt: "A kite over a wheat field, slow pan", duration: 5 },
  output: "uri",
  timings: { bootSeconds: alwaysWarm, predictSeconds: [20, 38, 90, 240] },
  price: (input) => ({
    per: "second of output",
    micros: microsPerSecond[input.resolution],
    metric: "video_output_duration_seconds",
  }),
  inspiredBy: (input) => [input.prompt, input.image, input.last_frame_image, input.seed],
  draw: (input) => ({
    kind: "video",
    aspect: aspectOf(input.aspect_ratio),
    frames: input.duration * input.fps,
    framesPerSecond: input.fps,
  }),
});
