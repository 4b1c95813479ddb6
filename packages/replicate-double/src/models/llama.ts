import { z } from "zod";
import { tokensOf, writeProse } from "../media/prose.ts";
import { defineModel } from "./define-model.ts";
import { prompt, seed } from "./inputs.ts";
import { alwaysWarm } from "./timings.ts";

interface LanguageModel {
  name: string;
  description: string;
  microsPerThousandIn: number;
  microsPerThousandOut: number;
}

/** Answers token by token, which can be streamed. What it says is prose without a meaning. */
const languageModel = ({ name, description, microsPerThousandIn, microsPerThousandOut }: LanguageModel) =>
  defineModel({
    name,
    description,
    versions: "official",
    input: z.object({
      prompt: prompt("Prompt to send to the model."),
      system_prompt: prompt("System prompt that helps guide the model's behaviour.").optional(),
      max_tokens: z.int().min(1).default(512).describe("Maximum number of tokens to generate."),
      min_tokens: z.int().min(0).default(0).describe("Minimum number of tokens to generate."),
      temperature: z.number().min(0).max(5).default(0.7).describe("Adjusts the randomness of outputs."),
      top_p: z.number().min(0).max(1).default(0.95).describe("Samples from the most likely tokens that add up to p."),
      presence_penalty: z.number().default(0).describe("Penalizes repeated tokens."),
      seed,
    }),
    example: { prompt: "Write a short poem about the weather.", max_tokens: 64 },
    output: "string iterator",
    timings: { bootSeconds: alwaysWarm, predictSeconds: [0.8, 2.5, 6, 15] },
    price: (input) => ({
      per: "token",
      inputTokens: tokensOf(`${input.system_prompt ?? ""}${input.prompt}`),
      microsPerThousandIn,
      microsPerThousandOut,
    }),
    inspiredBy: (input) => [input.prompt, input.system_prompt, input.seed],
    draw: (input, seedOfRun) => {
      const wanted = Math.max(input.min_tokens, 40 + (seedOfRun % 60));
      return { kind: "text", pieces: writeProse({ tokens: Math.min(wanted, input.max_tokens), seed: seedOfRun }) };
    },
  });

export const llama3Instruct = languageModel({
  name: "meta/meta-llama-3-70b-instruct",
  description: "A 70 billion parameter language model from Meta, fine tuned for chat completions",
  microsPerThousandIn: 650,
  microsPerThousandOut: 2_750,
});

export const llama2Chat = languageModel({
  name: "meta/llama-2-70b-chat",
  description: "A 70 billion parameter language model from Meta, fine tuned for chat completions",
  microsPerThousandIn: 650,
  microsPerThousandOut: 2_750,
});
