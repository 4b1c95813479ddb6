import { Hono } from "hono";
import { z } from "zod";
import type { Clock } from "../clock.ts";
import type { Deployment, DeploymentStore } from "../deployments/deployment-store.ts";
import type { Catalogue } from "../models/catalogue.ts";
import { hardwareSku } from "../models/hardware.ts";
import { hasEnded } from "../predictions/prediction.ts";
import type { PredictionStore } from "../predictions/prediction-store.ts";
import { timestamp } from "../predictions/present.ts";
import type { AcceptPrediction } from "./accept-prediction.ts";
import { account } from "./account.ts";
import type { ApiContext, Environment } from "./environment.ts";
import { pageOf } from "./pages.ts";
import { parseBody } from "./parse-body.ts";
import { conflict, invalidParameter, invalidVersion, notFound } from "./problem.ts";
import { readJson } from "./read-json.ts";

interface Parts {
  accept: AcceptPrediction;
  baseUrl: string;
  catalogue: Catalogue;
  clock: Clock;
  deployments: DeploymentStore;
  store: PredictionStore;
}

const changes = {
  version: z.string(),
  hardware: hardwareSku,
  min_instances: z.int().min(0).max(5),
  max_instances: z.int().min(0).max(20),
};
const creation = z.strictObject({ name: z.string().min(1), model: z.string(), ...changes });
const change = z.strictObject(changes).partial();

const IDLE_MILLISECONDS_BEFORE_DELETION = 15 * 60_000;

export function deploymentRoutes({ accept, baseUrl, catalogue, clock, deployments, store }: Parts) {
  const find = (context: ApiContext): Deployment => {
    const { owner = "", name = "" } = context.req.param();
    const deployment = deployments.find(owner, name);
    if (!deployment) throw notFound();
    return deployment;
  };

  const release = (deployment: Omit<Deployment, "createdAt">): Deployment => {
    const model = catalogue.byVersion(deployment.version);
    if (model?.name !== deployment.model || !model.versionIds.includes(deployment.version)) throw invalidVersion();
    const released = { ...deployment, createdAt: clock.now() };
    deployments.save(released);
    return released;
  };

  const isBusy = ({ owner, name }: Deployment): boolean => {
    const last = store.lastOfDeployment(`${owner}/${name}`);
    if (last === undefined) return false;
    return !hasEnded(last) || last.state.completedAt > clock.now() - IDLE_MILLISECONDS_BEFORE_DELETION;
  };

  return new Hono<Environment>()
    .get("/deployments", (context) => context.json(pageOf(context, baseUrl, deployments.list().map(present))))
    .post("/deployments", async (context) => {
      const { min_instances, max_instances, ...rest } = parseBody(creation, await readJson(context));
      const owner = account.username;
      if (deployments.find(owner, rest.name)) throw conflict(`A deployment named ${rest.name} exists already`);
      const scaling = { minInstances: min_instances, maxInstances: max_instances };
      return context.json(present(release({ owner, number: 1, ...rest, ...scaling })));
    })
    .get("/deployments/:owner/:name", (context) => context.json(present(find(context))))
    .patch("/deployments/:owner/:name", async (context) => {
      const current = find(context);
      const given = parseBody(change, await readJson(context));
      const next = {
        ...current,
        number: current.number + 1,
        version: given.version ?? current.version,
        hardware: given.hardware ?? current.hardware,
        minInstances: given.min_instances ?? current.minInstances,
        maxInstances: given.max_instances ?? current.maxInstances,
      };
      return context.json(present(release(next)));
    })
    .delete("/deployments/:owner/:name", (context) => {
      const deployment = find(context);
      if (deployment.minInstances > 0 || isBusy(deployment)) {
        throw invalidParameter("You can only delete deployments that have been offline and unused for 15 minutes");
      }
      deployments.remove(deployment.owner, deployment.name);
      return context.body(null, 204);
    })
    .post("/deployments/:owner/:name/predictions", (context) =>
      accept(context, { kind: "deployment", deployment: find(context) }),
    );
}

function present({ owner, name, number, model, version, createdAt, ...scaling }: Deployment) {
  const { hardware, minInstances, maxInstances } = scaling;
  return {
    owner,
    name,
    current_release: {
      number,
      model,
      version,
      created_at: timestamp(createdAt),
      created_by: account,
      configuration: { hardware, min_instances: minInstances, max_instances: maxInstances },
    },
  };
}
