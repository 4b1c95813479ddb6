import { mediaTypeSchema, Rejected, type UserId, userIdSchema } from "@vsl/events";
import * as z from "zod";
import { fieldsOf } from "./fields.ts";
import { findModel } from "./models/catalogue.ts";
import type { Quote } from "./models/define-model.ts";

/** The body of `POST /generate-media`. */
const generationSchema = z.strictObject({
  userId: userIdSchema,
  mediaType: mediaTypeSchema,
  modelId: z.string().min(1).max(64),
  parameters: z.record(z.string(), z.unknown()),
});

export interface Generation {
  userId: UserId;
  quote: Quote;
}

/** Checks a request against the model's own schema. Throws `Rejected` with every field that is wrong. */
export function parseGeneration(body: unknown): Generation {
  const parsed = generationSchema.safeParse(body);
  if (!parsed.success) throw new Rejected("body.invalid", "The request is not valid", fieldsOf(parsed.error));
  const { userId, mediaType, modelId, parameters } = parsed.data;
  const model = findModel(modelId);
  if (!model) {
    throw new Rejected("model.unknown", "There is no such model", [{ path: "modelId", message: "is not known here" }]);
  }
  if (model.mediaType !== mediaType) {
    const message = `must be "${model.mediaType}" for ${modelId}`;
    throw new Rejected("model.media_type", `${modelId} makes no ${mediaType}`, [{ path: "mediaType", message }]);
  }
  return { userId, quote: model.quote(parameters) };
}
