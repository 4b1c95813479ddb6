import { z } from "zod";
import { audioDrawing, videoDrawing } from "./drawing.ts";

/** What the studio asks of its worker thread, and what comes back. */
export const commissionSchema = z.object({
  id: z.int(),
  drawing: z.discriminatedUnion("kind", [videoDrawing, audioDrawing]),
  seed: z.int(),
});

export const deliverySchema = z.union([
  z.object({ id: z.int(), bytes: z.custom<Uint8Array>((value) => value instanceof Uint8Array) }),
  z.object({ id: z.int(), problem: z.string() }),
]);

export type Commission = z.infer<typeof commissionSchema>;
export type Delivery = z.infer<typeof deliverySchema>;
