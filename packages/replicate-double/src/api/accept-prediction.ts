import type { Clock } from "../clock.ts";
import type { Faults } from "../faults/faults.ts";
import type { Catalogue } from "../models/catalogue.ts";
import { hasEnded, type Prediction } from "../predictions/prediction.ts";
import type { PredictionStore } from "../predictions/prediction-store.ts";
import { presentPrediction } from "../predictions/present.ts";
import type { Runner } from "../predictions/runner.ts";
import { createPrediction, type Target } from "./create-prediction.ts";
import { secondsToWait } from "./durations.ts";
import type { ApiContext } from "./environment.ts";
import { readJson } from "./read-json.ts";

export interface AcceptParts {
  catalogue: Catalogue;
  clock: Clock;
  faults: Faults;
  store: PredictionStore;
  runner: Runner;
  timeScale: number;
  baseUrl: string;
}

export type AcceptPrediction = (context: ApiContext, target: Target) => Promise<Response>;

/** Creates a prediction and answers with it, at once or when `Prefer: wait` has got its outputs or has run out. */
export function acceptPrediction(parts: AcceptParts): AcceptPrediction {
  const { catalogue, clock, faults, store, runner, timeScale, baseUrl } = parts;
  const show = (prediction: Prediction) => presentPrediction(prediction, { baseUrl, now: clock.now() });

  return async (context, target) => {
    const asked = { target, body: await readJson(context), cancelAfter: context.req.header("cancel-after") };
    const prediction = createPrediction(asked, { catalogue, clock, timeScale });
    const { id, model } = prediction;
    context.set("predictionId", id);
    runner.accept(prediction);
    const location = { location: `${baseUrl}/v1/predictions/${id}` };
    const seconds = secondsToWait(context.req.header("prefer"));
    if (seconds === null) return context.json(show(prediction), 201, location);
    await runner.whenEnded(id, seconds * 1000);
    const current = store.find(id) ?? prediction;
    if (!hasEnded(current)) return context.json(show(current), 202, location);
    const isEarly = faults.strike(["early"], { route: routeOf(context), predictionId: id, model }) !== undefined;
    return context.json(isEarly ? beforeItsEnd(show(current)) : show(current), 201, location);
  };
}

const routeOf = ({ req }: ApiContext) => `${req.method} ${req.path}`;

/** All outputs are there, but not yet the end: what Replicate answers when it is quick. */
function beforeItsEnd(shown: Record<string, unknown>): Record<string, unknown> {
  const untold = ["completed_at", "metrics"];
  const told = Object.entries(shown).filter(([name]) => !untold.includes(name));
  return { ...Object.fromEntries(told), status: "processing" };
}
