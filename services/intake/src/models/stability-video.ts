import * as z from "zod";
import { defineModel } from "./define-model.ts";
import { imageFile, seed } from "./parameters.ts";

const videoLength = z.enum(["14_frames_with_svd", "25_frames_with_svd_xt"]).default("14_frames_with_svd");

/** The guide's image-to-video model; on Replicate it is Stable Video Diffusion, as a community model. */
export const stabilityVideo = defineModel({
  modelId: "stability-video",
  mediaType: "video",
  replicate: {
    owner: "christophy",
    name: "stable-video-diffusion",
    version: "92a0c9a9cb1fd93ea0361d15e499dc879b35095077b2feed47315ccab4524036",
  },
  parameters: z.strictObject({
    image: imageFile,
    motion_bucket_id: z.int().min(1).max(255).exactOptional(),
    fps: z.int().min(5).max(30).default(6),
    video_length: videoLength,
    sizing_strategy: z.enum(["maintain_aspect_ratio", "crop_to_16_9", "use_image_dimensions"]).exactOptional(),
    cond_aug: z.number().min(0).max(1).exactOptional(),
    decoding_t: z.int().min(1).max(25).exactOptional(),
    seed,
  }),
  toInput: ({ image, fps, ...same }) => ({ ...same, input_image: image, frames_per_second: fps }),
  price: {
    rule: () => ({ per: "gpu_second", hardware: "gpu-a100-large", amountMicros: 1_400 }),
    source: "Replicate's price list of hardware",
    date: "2026-07-29",
  },
  expected: ({ video_length, fps }) => ({
    outputs: 1,
    outputSeconds: (video_length === "14_frames_with_svd" ? 14 : 25) / fps,
    megapixels: 0,
    predictSeconds: 33,
  }),
  estimatedSeconds: 60,
});
