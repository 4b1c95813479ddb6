import { Hono } from "hono";
import type { Prediction } from "../predictions/prediction.ts";
import type { PageRequest } from "../predictions/prediction-store.ts";
import { presentPrediction } from "../predictions/present.ts";
import type { AcceptParts, AcceptPrediction } from "./accept-prediction.ts";
import type { ApiContext, Environment } from "./environment.ts";
import { type Cursor, linkToPage, PAGE_SIZE, readCursor } from "./pages.ts";
import { invalidParameter, notFound } from "./problem.ts";

export type PredictionParts = Pick<AcceptParts, "clock" | "store" | "runner" | "baseUrl"> & {
  accept: AcceptPrediction;
};

export function predictionRoutes({ clock, store, runner, baseUrl, accept }: PredictionParts) {
  const show = (prediction: Prediction) => presentPrediction(prediction, { baseUrl, now: clock.now() });

  const find = (id: string): Prediction => {
    const prediction = store.find(id);
    if (!prediction) throw notFound();
    return prediction;
  };

  return new Hono<Environment>()
    .post("/predictions", (context) => accept(context, { kind: "version" }))
    .post("/models/:owner/:name/predictions", (context) => {
      const { owner, name } = context.req.param();
      return accept(context, { kind: "official", name: `${owner}/${name}` });
    })
    .get("/predictions", (context) => {
      const { predictions, older, newer } = store.list(readPageRequest(context));
      const link = (direction: Cursor["direction"], position: number | null) =>
        position === null ? null : linkToPage(context, baseUrl, { direction, position });
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
  const { created_after, created_before, source } = context.req.query();
  if (source !== undefined && source !== "web") throw invalidParameter("source must be web");
  return {
    from: readCursor(context),
    createdAfter: readTime("created_after", created_after),
    createdBefore: readTime("created_before", created_before),
    /** Nothing here is made on the web site, which is all that `source` can ask for. */
    limit: source === "web" ? 0 : PAGE_SIZE,
  };
}

function readTime(name: string, value: string | undefined): number | null {
  if (value === undefined) return null;
  const time = Date.parse(value);
  if (Number.isNaN(time)) throw invalidParameter(`${name} must be an ISO 8601 date and time`);
  return time;
}
