import { createHash } from "node:crypto";
import type { z } from "zod";
import type { Drawing } from "../media/drawing.ts";
import { seedFrom } from "../seed.ts";
import { type InvalidField, invalidFields } from "./invalid-fields.ts";
import type { Order } from "./order.ts";
import type { Price } from "./price.ts";
import type { Timings } from "./timings.ts";

interface Definition<Input extends z.ZodObject> {
  /** `owner/name`. */
  name: string;
  description: string;
  /** Official models run without a version and never show one; the others are known by theirs, the latest first. */
  versions: "official" | readonly [latest: string, ...earlier: string[]];
  input: Input;
  /** An input that shows what the model is good for. */
  example: z.input<Input>;
  /** A schema for outputs that are objects; for the others their shape says it all. */
  output: Exclude<Order["output"], "uris by name" | "value"> | { shape: "uris by name" | "value"; schema: z.ZodObject };
  timings: Timings;
  price: (input: z.output<Input>) => Price;
  /** What the output is like follows from these and the model's name, and from nothing else. */
  inspiredBy: (input: z.output<Input>) => unknown[];
  draw: (input: z.output<Input>, seed: number) => Drawing;
  steps?: (input: z.output<Input>) => number;
}

export interface Model {
  name: string;
  description: string;
  isOfficial: boolean;
  /** Never empty: the latest first. */
  versionIds: readonly [latest: string, ...earlier: string[]];
  outputShape: Order["output"];
  outputSchema: z.ZodObject | null;
  timings: Timings;
  inputSchema: z.ZodObject;
  example: Record<string, unknown>;
  /** Inputs that the model does not know are ignored, as Replicate does (replicate/cog#2943). */
  read(input: unknown): { valid: true; order: Order } | { valid: false; fields: InvalidField[] };
}

export function defineModel<Input extends z.ZodObject>(definition: Definition<Input>): Model {
  const { name, description, versions, timings, example, input: inputSchema } = definition;
  const { shape, schema } =
    typeof definition.output === "string" ? { shape: definition.output, schema: null } : definition.output;
  return {
    name,
    description,
    isOfficial: versions === "official",
    versionIds: versions === "official" ? [createHash("sha256").update(name).digest("hex")] : versions,
    outputShape: shape,
    outputSchema: schema,
    timings,
    inputSchema,
    example,
    read(input) {
      const parsed = inputSchema.safeParse(input, { reportInput: true });
      if (!parsed.success) return { valid: false, fields: invalidFields(parsed.error.issues, ["input"]) };
      const seed = seedFrom(name, definition.inspiredBy(parsed.data));
      const order = {
        seed,
        drawing: definition.draw(parsed.data, seed),
        price: definition.price(parsed.data),
        output: shape,
        steps: definition.steps?.(parsed.data) ?? null,
      };
      return { valid: true, order };
    },
  };
}
