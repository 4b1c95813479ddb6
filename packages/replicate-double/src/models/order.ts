import { z } from "zod";
import { drawingSchema } from "../media/drawing.ts";
import { priceSchema } from "./price.ts";

/** One run as its input asks for it: all that is needed to draw it, to answer with it and to bill it. */
export const orderSchema = z.object({
  seed: z.int().nonnegative(),
  drawing: drawingSchema,
  price: priceSchema,
  output: z.enum(["uri", "uri[]"]),
});

export type Order = z.infer<typeof orderSchema>;
