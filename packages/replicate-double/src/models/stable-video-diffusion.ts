import { z } from "zod";
import { defineModel } from "./define-model.ts";
import { file, seed } from "./inputs.ts";
import { oftenCold } from "./timings.ts";

export const stableVideoDiffusion = defineModel({
  name: "christophy/stable-video-diffusion",
  description: "SVD is a research-only image to video model",
  versions: ["92a0c9a9cb1fd93ea0361d15e499dc879b35095077b2feed47315ccab4524036"],
  input: z.object({
    input_image: file("Input image"),
    video_length: z
      .enum(["14_frames_with_svd", "25_frames_with_svd_xt"])
      .default("14_frames_with_svd")
      .describe("Use svd to generate 14 frames or svd_xt for 25 frames"),
    sizing_strategy: z
      .enum(["maintain_aspect_ratio", "crop_to_16_9", "use_image_dimensions"])
      .default("maintain_aspect_ratio")
      .describe("Decide how to resize the input image"),
    frames_per_second: z.int().min(5).max(30).default(6).describe("Frames per second"),
    motion_bucket_id: z.int().min(1).max(255).default(127).describe("Increase overall motion in the generated video"),
    cond_aug: z.number().default(0.02).describe("Amount of noise to add to input image"),
    decoding_t: z.int().default(14).describe("Number of frames to decode at a time"),
    seed,
  }),
  example: { input_image: "https://replicate.delivery/pbxt/rocket.png" },
  output: "uri",
  timings: { bootSeconds: oftenCold, predictSeconds: [28, 33, 45, 90] },
  price: () => ({ per: "second of compute", hardware: "gpu-a100-large" }),
  inspiredBy: (input) => [input.input_image, input.motion_bucket_id, input.seed],
  draw: (input) => ({
    kind: "video",
    aspect: 16 / 9,
    frames: input.video_length === "14_frames_with_svd" ? 14 : 25,
    framesPerSecond: input.frames_per_second,
  }),
});
