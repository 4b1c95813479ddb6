import {
  type JobRequested,
  type MediaType,
  type PayloadOf,
  type PriceRule,
  priceMicros,
  type Quantities,
  Rejected,
} from "@vsl/events";
import * as z from "zod";
import { fieldsOf } from "../fields.ts";

type Request = PayloadOf<typeof JobRequested>;

interface Declaration<Parameters extends z.ZodObject> {
  /** The name under which callers know the model. */
  modelId: string;
  mediaType: MediaType;
  /** The model as Replicate names it; official models run without a version. */
  replicate: Request["model"];
  /** What a caller may ask for. A parameter that is not here is refused; defaults stand only where the price depends on them. */
  parameters: Parameters;
  /** Into the model's own parameter names, where they differ. */
  toInput?: (parameters: z.output<Parameters>) => Record<string, unknown>;
  price: {
    rule: (parameters: z.output<Parameters>) => PriceRule;
    /** Where the price was read, and when. */
    source: string;
    date: string;
  };
  /** What a run is expected to come to; the quote is the rule applied to it. */
  expected: (parameters: z.output<Parameters>) => Quantities;
  /** From the request to the stored media, as a caller should expect it. */
  estimatedSeconds: number;
}

/** What a request to this model means: its input, and what it will take. */
export type Quote = Pick<Request, "mediaType" | "modelId" | "model" | "input" | "price" | "estimatedSeconds">;

export interface Model {
  modelId: string;
  mediaType: MediaType;
  price: { source: string; date: string };
  parameters: z.ZodObject;
  /** Throws `Rejected` ("parameters.invalid") with every field that is wrong. */
  quote: (parameters: unknown) => Quote;
}

const inputSchema = z.record(z.string(), z.json());

export function defineModel<Parameters extends z.ZodObject>(declaration: Declaration<Parameters>): Model {
  const { modelId, mediaType, replicate, parameters: schema, toInput, price, expected, estimatedSeconds } = declaration;
  return {
    modelId,
    mediaType,
    price,
    parameters: schema,
    quote(given) {
      const parsed = schema.safeParse(given);
      if (!parsed.success) {
        throw new Rejected(
          "parameters.invalid",
          `The parameters do not fit ${modelId}`,
          fieldsOf(parsed.error, ["parameters"]),
        );
      }
      const parameters = parsed.data;
      const rule = price.rule(parameters);
      const quantities = expected(parameters);
      return {
        mediaType,
        modelId,
        model: replicate,
        input: inputSchema.parse(toInput ? toInput(parameters) : parameters),
        price: { rule, expected: quantities, amountMicros: priceMicros(rule, quantities), currency: "USD" },
        estimatedSeconds,
      };
    },
  };
}
