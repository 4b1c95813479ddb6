import { z } from "zod";
import { hardwareSku } from "./hardware.ts";

/** What a run is billed by. Official models are billed by what they give, the others by the time they take. */
export const priceSchema = z.discriminatedUnion("per", [
  z.object({ per: z.literal("image"), micros: z.int() }),
  z.object({
    per: z.literal("second of output"),
    micros: z.int(),
    /** The member of `metrics` that carries the billed seconds. */
    metric: z.enum(["video_output_duration_seconds", "audio_output_duration_seconds"]),
  }),
  z.object({
    per: z.literal("token"),
    /** Tokens of the prompt; those of the answer are its pieces. */
    inputTokens: z.int(),
    microsPerThousandIn: z.int(),
    microsPerThousandOut: z.int(),
  }),
  z.object({ per: z.literal("second of compute"), hardware: hardwareSku }),
]);

export type Price = z.infer<typeof priceSchema>;
