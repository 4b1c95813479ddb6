import { Hono } from "hono";
import { z } from "zod";
import type { Bill } from "../billing/bill.ts";
import type { Faults } from "../faults/faults.ts";
import type { Log } from "../log/log.ts";
import { timestamp } from "../predictions/present.ts";
import type { Settings } from "../settings.ts";
import { accountRoutes } from "./account.ts";
import { authenticate } from "./authenticate.ts";
import { controlRoutes } from "./control.ts";
import { deliveryRoutes } from "./delivery.ts";
import type { ApiContext, Environment } from "./environment.ts";
import { misbehave } from "./misbehave.ts";
import { modelRoutes } from "./models.ts";
import type { Pause } from "./pause.ts";
import { type PredictionParts, predictionRoutes } from "./predictions.ts";
import { internalError, notFound, Problem } from "./problem.ts";
import { limitRates, type RateLimits } from "./rate-limits.ts";
import { record } from "./record.ts";

export interface AppParts extends PredictionParts {
  bill: Bill;
  faults: Faults;
  pause: Pause;
  log: Log;
  settings: Settings;
  token: string;
  webhookSecret: string;
  rateLimits: RateLimits | null;
}

export function createApp(parts: AppParts): Hono<Environment> {
  const { catalogue, clock, store, faults, log, rateLimits } = parts;

  const subjectOf = async (context: ApiContext) => {
    const { method, path } = context.req;
    const route = `${method} ${path}`;
    const predictionId = /^\/(?:v1\/predictions|delivery)\/([^/]+)/.exec(path)?.[1];
    const named = /^\/v1\/models\/([^/]+\/[^/]+)/.exec(path)?.[1];
    const model =
      (predictionId && store.find(predictionId)?.model) ??
      named ??
      (route === "POST /v1/predictions" ? catalogue.byVersion(versionIn(await context.req.text()))?.name : undefined);
    return { route, ...(predictionId ? { predictionId } : {}), ...(model ? { model } : {}) };
  };

  const watched = new Hono<Environment>().use(
    record({ log, clock }),
    misbehave({ faults, pause: parts.pause, subjectOf }),
  );
  const api = new Hono<Environment>().use(authenticate(parts.token));
  if (rateLimits) api.use(limitRates(clock, rateLimits));
  api.route("/", predictionRoutes(parts));
  api.route("/", modelRoutes(catalogue));
  api.route("/", accountRoutes(parts.webhookSecret));
  api.all("*", () => {
    throw notFound();
  });

  return new Hono<Environment>()
    .onError((error) => {
      const problem = error instanceof Problem ? error : internalError();
      if (problem !== error) log.write({ kind: "problem", at: timestamp(clock.now()), message: String(error.stack) });
      return Response.json(problem.body, { status: problem.status, headers: problem.headers });
    })
    .notFound(() => Response.json(notFound().body, { status: 404 }))
    .route("/", controlRoutes(parts))
    .route("/", watched.route("/v1", api).route("/delivery", deliveryRoutes(parts)));
}

const bodyWithVersion = z.object({ version: z.string() });

function versionIn(body: string): string {
  try {
    return bodyWithVersion.safeParse(JSON.parse(body)).data?.version ?? "";
  } catch {
    return "";
  }
}
