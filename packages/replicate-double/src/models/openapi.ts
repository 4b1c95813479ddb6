import { z } from "zod";
import type { Model } from "./define-model.ts";

const jsonSchema = z.record(z.string(), z.unknown());
const objectSchema = z.object({
  properties: z.record(z.string(), jsonSchema),
  required: z.array(z.string()).default([]),
});

/** The schema of a model's version as Replicate publishes it: inputs in the order of the form, enums as schemas of their own. */
export function openapiSchema(model: Model) {
  const { properties, required } = objectSchema.parse(z.toJSONSchema(model.inputSchema, { io: "input" }));
  const enums: Record<string, unknown> = {};
  const inputs: Record<string, unknown> = {};
  for (const [order, [name, property]] of Object.entries(properties).entries()) {
    const { enum: allowed, type, minimum, maximum, ...rest } = property;
    const common = { ...rest, title: titleOf(name), "x-order": order };
    if (allowed === undefined) {
      inputs[name] = { ...common, type, ...bounds({ minimum, maximum }) };
    } else {
      enums[name] = { enum: allowed, type, title: name, description: "An enumeration." };
      inputs[name] = { ...common, allOf: [{ $ref: `#/components/schemas/${name}` }] };
    }
  }
  return {
    openapi: "3.0.2",
    info: { title: "Cog", version: "0.1.0" },
    paths: {},
    components: {
      schemas: {
        Input: { type: "object", title: "Input", required, properties: inputs },
        Output: outputSchema(model),
        ...enums,
      },
    },
  };
}

const uri = { type: "string", format: "uri" };

function outputSchema({ outputShape, outputSchema: given }: Model): Record<string, unknown> {
  const title = "Output";
  switch (outputShape) {
    case "uri":
      return { ...uri, title };
    case "uri[]":
      return { type: "array", items: uri, title };
    case "string":
      return { type: "string", title };
    case "string iterator":
      return {
        type: "array",
        items: { type: "string" },
        title,
        "x-cog-array-type": "iterator",
        "x-cog-array-display": "concatenate",
      };
    case "uris by name":
    case "value": {
      if (given === null) return { title };
      const { properties, required } = objectSchema.parse(z.toJSONSchema(given));
      const titled = Object.entries(properties).map(([name, schema]) => [name, { ...schema, title: titleOf(name) }]);
      return { type: "object", title: "ModelOutput", required, properties: Object.fromEntries(titled) };
    }
    default:
      return outputShape satisfies never;
  }
}

const titleOf = (name: string) => `${name.charAt(0).toUpperCase()}${name.slice(1)}`.replaceAll("_", " ");

/** zod bounds every integer by what JavaScript can count to; that is no rule of the model. */
function bounds(limits: { minimum: unknown; maximum: unknown }) {
  return Object.fromEntries(
    Object.entries(limits).filter(
      ([, limit]) => typeof limit === "number" && Math.abs(limit) !== Number.MAX_SAFE_INTEGER,
    ),
  );
}
