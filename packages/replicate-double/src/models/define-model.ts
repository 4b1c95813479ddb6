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
  /** Official models run without a version and never show one; the others are known by theirs. */
  version: "official" | { id: string };
  input: Input;
  output: Order["output"];
  timings: Timings;
  price: (input: z.output<Input>) => Price;
  /** What the media look like follows from these and the model's name, and from nothing else. */
  inspiredBy: (input: z.output<Input>) => unknown[];
  draw: (input: z.output<Input>) => Drawing;
}

export interface Model {
  name: string;
  description: string;
  isOfficial: boolean;
  versionId: string;
  output: Order["output"];
  timings: Timings;
  inputSchema: z.ZodObject;
  /** Inputs that the model does not know are ignored, as Replicate does (replicate/cog#2943). */
  read(input: unknown): { valid: true; order: Order } | { valid: false; fields: InvalidField[] };
}

export function defineModel<Input extends z.ZodObject>(definition: Definition<Input>): Model {
  const { name, description, version, output, timings, input: inputSchema } = definition;
  return {
    name,
    description,
    isOfficial: version === "official",
    versionId: version === "official" ? createHash("sha256").update(name).digest("hex") : version.id,
    output,
    timings,
    inputSchema,
    read(input) {
      const parsed = inputSchema.safeParse(input, { reportInput: true });
      if (!parsed.success) return { valid: false, fields: invalidFields(parsed.error.issues, ["input"]) };
      const order = {
        seed: seedFrom(name, definition.inspiredBy(parsed.data)),
        drawing: definition.draw(parsed.data),
        price: definition.price(parsed.data),
        output,
      };
      return { valid: true, order };
    },
  };
}
