import { z } from "zod";
import { drawingSchema } from "../media/drawing.ts";
import { priceSchema } from "./price.ts";

/** What `output` is: links, one or a list or by name; words, whole or piece by piece; or any value. */
const outputShapes = ["uri", "uri[]", "uris by name", "string", "string iterator", "value"] as const;

/** One run as its input asks for it: all that is needed to draw it, to answer with it and to bill it. */
export const orderSchema = z.object({
  seed: z.int().nonnegative(),
  drawing: drawingSchema,
  price: priceSchema,
  output: z.enum(outputShapes),
  /** Steps that the logs count, as diffusion models do; none for the others. */
  steps: z.int().positive().nullable().default(null),
});

export type Order = z.infer<typeof orderSchema>;
