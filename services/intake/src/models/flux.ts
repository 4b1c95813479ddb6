import type { Quantities } from "@vsl/events";
import * as z from "zod";

/** What the open FLUX models have in common. */
export const fluxAspectRatio = z
  .enum(["1:1", "16:9", "21:9", "3:2", "2:3", "4:5", "5:4", "3:4", "4:3", "9:16", "9:21"])
  .exactOptional();
export const fluxMegapixels = z.enum(["1", "0.25"]).exactOptional();

export const fluxExpected = (
  parameters: { num_outputs: number; megapixels?: "1" | "0.25" },
  { predictSeconds }: { predictSeconds: number },
): Quantities => ({
  outputs: parameters.num_outputs,
  outputSeconds: 0,
  megapixels: parameters.num_outputs * Number(parameters.megapixels ?? "1"),
  predictSeconds,
});
