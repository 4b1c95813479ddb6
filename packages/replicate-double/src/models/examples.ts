import { createHash } from "node:crypto";
import { namesOf } from "../media/drawing.ts";
import type { DrawnFile, Studio } from "../media/studio.ts";
import { type EndedPrediction, type Prediction, succeed } from "../predictions/prediction.ts";
import type { Catalogue } from "./catalogue.ts";
import type { Model } from "./define-model.ts";
import { drawTimings } from "./timings.ts";

/** When the models of the double were published and their examples made, as far as anybody asks. */
export const PUBLISHED_AT = Date.UTC(2024, 7, 1);

/** What each model shows of itself: a prediction that never expires, drawn when somebody looks at it. */
export interface Examples {
  of(model: Model): EndedPrediction | null;
  draw(predictionId: string, fileName: string): Promise<DrawnFile | undefined>;
}

export function createExamples({ models }: Catalogue, studio: Studio): Examples {
  const all = new Map(models.map((model) => [model.name, exampleOf(model)]));
  return {
    of: ({ name }) => all.get(name) ?? null,
    async draw(predictionId, fileName) {
      const example = [...all.values()].find((candidate) => candidate?.id === predictionId);
      if (!example || !namesOf(example.order.drawing).includes(fileName)) return undefined;
      const files = await studio.draw(example.order.drawing, example.order.seed);
      return files.find(({ name }) => name === fileName);
    },
  };
}

function exampleOf(model: Model): EndedPrediction | null {
  const reading = model.read(model.example);
  if (!reading.valid) return null;
  const { order } = reading;
  const timings = drawTimings(model.timings, order.seed);
  const prediction: Prediction = {
    id: createHash("sha256").update(`example of ${model.name}`).digest("hex").slice(0, 26),
    model: model.name,
    version: model.isOfficial ? "hidden" : model.versionIds[0],
    deployment: null,
    input: model.example,
    order,
    webhook: null,
    webhookEvents: null,
    createdAt: PUBLISHED_AT,
    deadline: null,
    ...timings,
    timeScale: 1,
    retentionSeconds: Number.MAX_SAFE_INTEGER,
    state: { status: "starting" },
  };
  const startedAt = PUBLISHED_AT + timings.bootSeconds * 1000;
  return succeed(prediction, { startedAt, outputNames: namesOf(order.drawing) });
}
