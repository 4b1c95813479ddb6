import * as z from "zod";

/** Integer millionths of a US dollar: the only form in which money travels and is stored. */
export const microsSchema = z.int();

const amountMicros = z.int().nonnegative();

/** What one unit costs. The rule travels with the job, so that the charge is the quote's own rule applied to what happened. */
export const priceRuleSchema = z.discriminatedUnion("per", [
  z.object({ per: z.literal("run"), amountMicros }),
  z.object({ per: z.literal("output"), amountMicros }),
  z.object({ per: z.literal("output_second"), amountMicros }),
  z.object({ per: z.literal("megapixel"), amountMicros }),
  /** `predict_time` on the named hardware; also billed when canceled or failed after its start. */
  z.object({ per: z.literal("gpu_second"), hardware: z.string(), amountMicros }),
]);

export type PriceRule = z.output<typeof priceRuleSchema>;
export type PriceBasis = PriceRule["per"];

/** How much of what a rule may charge for. A quote states expectations, a completion what was measured. */
export const quantitiesSchema = z.object({
  outputs: z.int().nonnegative(),
  outputSeconds: z.number().nonnegative(),
  megapixels: z.number().nonnegative(),
  predictSeconds: z.number().nonnegative(),
});

export type Quantities = z.output<typeof quantitiesSchema>;

/** The rule applied to quantities, rounded half up once, at the end. Microdollars. */
export function priceMicros(rule: PriceRule, quantities: Quantities): number {
  return Math.round(rule.amountMicros * unitsOf(rule, quantities));
}

function unitsOf(rule: PriceRule, quantities: Quantities): number {
  switch (rule.per) {
    case "run":
      // A run that came to nothing is free.
      return Math.min(1, quantities.outputs);
    case "output":
      return quantities.outputs;
    case "output_second":
      return quantities.outputSeconds;
    case "megapixel":
      return quantities.megapixels;
    case "gpu_second":
      return quantities.predictSeconds;
    default:
      return rule satisfies never;
  }
}
