import { Hono } from "hono";
import { z } from "zod";
import type { Bill } from "../billing/bill.ts";
import type { DeploymentStore } from "../deployments/deployment-store.ts";
import type { FileStore } from "../files/file-store.ts";
import type { Log } from "../log/log.ts";
import { timestamp } from "../predictions/present.ts";
import type { Settings } from "../settings.ts";
import { type AcceptParts, acceptPrediction } from "./accept-prediction.ts";
import { accountRoutes } from "./account.ts";
import { authenticate } from "./authenticate.ts";
import { collectionRoutes, searchRoutes } from "./collections.ts";
import { controlRoutes } from "./control.ts";
import { deliveryRoutes } from "./delivery.ts";
import { deploymentRoutes } from "./deployments.ts";
import type { ApiContext, Environment } from "./environment.ts";
import { downloadRoutes, fileRoutes } from "./files.ts";
import { misbehave } from "./misbehave.ts";
import { type ModelParts, modelRoutes } from "./models.ts";
import { ownModelRoutes } from "./own-models.ts";
import type { Pause } from "./pause.ts";
import { predictionRoutes } from "./predictions.ts";
import { internalError, notFound, Problem } from "./problem.ts";
import { limitRates, type RateLimits } from "./rate-limits.ts";
import { record } from "./record.ts";
import { streamRoutes } from "./stream.ts";
import { trainingRoutes } from "./trainings.ts";

export interface AppParts extends AcceptParts, ModelParts {
  bill: Bill;
  closing: AbortSignal;
  deployments: DeploymentStore;
  files: FileStore;
  pause: Pause;
  log: Log;
  settings: Settings;
  token: string;
  webhookSecret: string;
  filesSecret: string;
  rateLimits: RateLimits | null;
}

export function createApp(parts: AppParts): Hono<Environment> {
  const { catalogue, clock, store, faults, log, rateLimits } = parts;
  const accept = acceptPrediction(parts);

  const subjectOf = async (context: ApiContext) => {
    const { method, path } = context.req;
    const route = `${method} ${path}`;
    const predictionId = /^\/(?:v1\/predictions|delivery|stream\/v1\/predictions)\/([^/]+)/.exec(path)?.[1];
    const named = /^\/v1\/models\/([^/]+\/[^/]+)/.exec(path)?.[1];
    const [, owner, deployment] = /^\/v1\/deployments\/([^/]+)\/([^/]+)/.exec(path) ?? [];
    const model =
      (predictionId && store.find(predictionId)?.model) ??
      named ??
      (owner && deployment && parts.deployments.find(owner, deployment)?.model) ??
      (route === "POST /v1/predictions" ? catalogue.byVersion(versionIn(await context.req.text()))?.name : undefined);
    return { route, ...(predictionId ? { predictionId } : {}), ...(model ? { model } : {}) };
  };

  const watched = new Hono<Environment>().use(
    record({ log, clock }),
    misbehave({ faults, pause: parts.pause, subjectOf }),
  );
  const api = new Hono<Environment>();
  api.route("/", searchRoutes(parts));
  api.route("/", downloadRoutes({ ...parts, secret: parts.filesSecret }));
  api.use(authenticate(parts.token));
  if (rateLimits) api.use(limitRates(clock, rateLimits));
  api.route("/", predictionRoutes({ ...parts, accept }));
  api.route("/", deploymentRoutes({ ...parts, accept }));
  api.route("/", modelRoutes(parts));
  api.route("/", ownModelRoutes(parts));
  api.route("/", collectionRoutes(parts));
  api.route("/", fileRoutes(parts));
  api.route("/", trainingRoutes(parts));
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
    .route(
      "/",
      watched.route("/v1", api).route("/delivery", deliveryRoutes(parts)).route("/stream", streamRoutes(parts)),
    );
}

const bodyWithVersion = z.object({ version: z.string() });

function versionIn(body: string): string {
  try {
    return bodyWithVersion.safeParse(JSON.parse(body)).data?.version ?? "";
  } catch {
    return "";
  }
}
