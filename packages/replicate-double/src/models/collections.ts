/** A choice of models that belong together; its slug also serves as their tag in searches. */
export interface Collection {
  slug: string;
  name: string;
  description: string;
  /** `owner/name` of each. */
  models: readonly string[];
}

export const collections: readonly Collection[] = [
  {
    slug: "text-to-image",
    name: "Generate images",
    description: "Models that generate images from text prompts",
    models: [
      "black-forest-labs/flux-schnell",
      "black-forest-labs/flux-dev",
      "black-forest-labs/flux-1.1-pro",
      "stability-ai/sdxl",
      "stability-ai/stable-diffusion",
    ],
  },
  {
    slug: "text-to-video",
    name: "Generate videos",
    description: "Models that create and edit videos",
    models: ["kwaivgi/kling-v2.5-turbo-pro", "bytedance/seedance-1-lite", "christophy/stable-video-diffusion"],
  },
  {
    slug: "ai-music-generation",
    name: "Generate music",
    description: "Models to generate and modify music",
    models: ["google/lyria-2", "meta/musicgen", "cjwbw/demucs"],
  },
  {
    slug: "speech-to-text",
    name: "Transcribe speech",
    description: "Models that convert speech to text",
    models: ["openai/whisper"],
  },
  {
    slug: "super-resolution",
    name: "Super resolution",
    description: "Upscaling models that create high-quality images from low-quality images.",
    models: ["nightmareai/real-esrgan"],
  },
  {
    slug: "streaming-language-models",
    name: "Streaming language models",
    description: "Language models that support streaming responses",
    models: ["meta/meta-llama-3-70b-instruct", "meta/llama-2-70b-chat"],
  },
];
