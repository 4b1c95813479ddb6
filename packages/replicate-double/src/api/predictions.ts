import { Hono } from "hono";
import type { Clock } from "../clock.ts";
import type { Catalogue } from "../models/catalogue.ts";
import { hasEnded, type Prediction } from "../predictions/prediction.ts";
import type { PageRequest, PredictionStore } from "../predictions/prediction-store.ts";
import { presentPrediction } from "../predictions/present.ts";
import type { Runner } from "../predictions/runner.ts";
import { createPrediction } from "./create-prediction.ts";
import { secondsToWait } from "./durations.ts";
import type { ApiContext, Environment } from "./environment.ts";
import { invalidParameter, notFound } from "./problem.ts";
import { readJson } from "./read-json.ts";

export interface PredictionParts {
  catalogue: Catalogue;
  clock: Clock;
  store: PredictionStore;
  runner: Runner;
  timeScale: number;
  baseUrl: string;
}

const PAGE_SIZE = 100;

export function predictionRoutes({ catalogue, clock, store, runner, timeScale, baseUrl }: PredictionParts) {
  const show = (prediction: Prediction) => presentPrediction(prediction, { baseUrl, now: clock.now() });

  const create = async (context: ApiContext, officialModel: string | null) => {
    const asked = { officialModel, body: await readJson(context), cancelAfter: context.req.header("cancel-after") };
    const prediction = createPrediction(asked, { catalogue, clock, timeScale });
    context.set("predictionId", prediction.id);
    runner.accept(prediction);
    const seconds = secondsToWait(context.req.header("prefer"));
    if (seconds === null) return context.json(show(prediction), 201);
    await runner.whenEnded(prediction.id, seconds * 1000);
    const current = store.find(prediction.id) ?? prediction;
    if (hasEnded(current)) return context.json(show(current), 201);
    return context.json(show(current), 202, { location: `${baseUrl}/v1/predictions/${prediction.id}` });
  };

  const find = (id: string): Prediction => {
    const prediction = store.find(id);
    if (!prediction) throw notFound();
    return prediction;
  };

  return new Hono<Environment>()
    .post("/predictions", (context) => create(context, null))
    .post("/models/:owner/:name/predictions", (context) =>
      create(context, `${context.req.param("owner")}/${context.req.param("name")}`),
    )
    .get("/predictions", (context) => {
      const request = readPageRequest(context);
      const { predictions, older, newer } = store.list(request);
      const link = (direction: "older" | "newer", position: number | null) => {
        if (position === null) return null;
        const url = new URL(`${baseUrl}/v1/predictions`);
        for (const [name, value] of Object.entries(context.req.query())) url.searchParams.set(name, value);
        url.searchParams.set("cursor", writeCursor({ direction, position }));
        return url.href;
      };
      return context.json({
        next: link("older", older),
        previous: link("newer", newer),
        results: predictions.map(show),
      });
    })
    .get("/predictions/:id", (context) => context.json(show(find(context.req.param("id")))))
    .post("/predictions/:id/cancel", (context) => context.json(show(runner.cancel(find(context.req.param("id"))))));
}

function readPageRequest(context: ApiContext): PageRequest {
  const { cursor, created_after, created_before, source } = context.req.query();
  if (source !== undefined && source !== "web") throw invalidParameter("source must be web");
  return {
    from: cursor === undefined ? null : readCursor(cursor),
    createdAfter: readTime("created_after", created_after),
    createdBefore: readTime("created_before", created_before),
    /** Nothing here is made on the web site, which is all that `source` can ask for. */
    limit: source === "web" ? 0 : PAGE_SIZE,
  };
}

/** Opaque to callers, as Replicate's are. */
function writeCursor({ direction, position }: NonNullable<PageRequest["from"]>): string {
  return Buffer.from(`${direction} ${position}`).toString("base64url");
}

function readCursor(cursor: string): PageRequest["from"] {
  const parts = /^(older|newer) (\d+)$/.exec(Buffer.from(cursor, "base64url").toString("utf8"));
  if (!parts) throw invalidParameter("Invalid cursor");
  return { direction: parts[1] === "newer" ? "newer" : "older", position: Number(parts[2]) };
}

function readTime(name: string, value: string | undefined): number | null {
  if (value === undefined) return null;
  const time = Date.parse(value);
  if (Number.isNaN(time)) throw invalidParameter(`${name} must be an ISO 8601 date and time`);
  return time;
}
