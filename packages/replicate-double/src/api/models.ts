import { Hono } from "hono";
import type { Clock } from "../clock.ts";
import type { Catalogue } from "../models/catalogue.ts";
import type { Model } from "../models/define-model.ts";
import { type Examples, PUBLISHED_AT } from "../models/examples.ts";
import { hardware } from "../models/hardware.ts";
import type { OwnModel, OwnModels } from "../models/own-models.ts";
import { findBest } from "../models/search-models.ts";
import type { PredictionStore } from "../predictions/prediction-store.ts";
import type { ApiContext, Environment } from "./environment.ts";
import { pageOf } from "./pages.ts";
import { createModelPresenter } from "./present-model.ts";
import { invalidParameter, notFound } from "./problem.ts";

export interface ModelParts {
  baseUrl: string;
  catalogue: Catalogue;
  clock: Clock;
  examples: Examples;
  ownModels: OwnModels;
  store: PredictionStore;
}

export function modelRoutes(parts: ModelParts) {
  const { baseUrl, catalogue, ownModels } = parts;
  const present = createModelPresenter(parts);

  const find = (context: ApiContext): Model => {
    const { owner, name } = context.req.param();
    const model = catalogue.byName(`${owner}/${name}`);
    if (!model) throw notFound();
    return model;
  };

  const findOwn = (context: ApiContext): OwnModel | undefined => {
    const { owner = "", name = "" } = context.req.param();
    return ownModels.find(owner, name);
  };

  const publicModels = () => [
    ...ownModels
      .list()
      .filter(({ visibility }) => visibility === "public")
      .map((model) => ({ model: present.ownModel(model), createdAt: model.createdAt })),
    ...catalogue.models.map((model) => ({ model: present.model(model), createdAt: PUBLISHED_AT })),
  ];

  return new Hono<Environment>()
    .get("/models", (context) => {
      const isAscending = readSorting(context) === "asc";
      const sorted = publicModels().sort((a, b) => (isAscending ? 1 : -1) * (a.createdAt - b.createdAt));
      return context.json(
        pageOf(
          context,
          baseUrl,
          sorted.map(({ model }) => model),
        ),
      );
    })
    .on("QUERY", "/models", async (context) => {
      const best = findBest(
        publicModels().map(({ model }) => ({ ...model, name: `${model.owner}/${model.name}`, model })),
        await context.req.text(),
      );
      return context.json({ next: null, previous: null, results: best.map(({ item }) => item.model) });
    })
    .get("/models/:owner/:name", (context) => {
      const own = findOwn(context);
      return context.json(own ? present.ownModel(own) : present.model(find(context)));
    })
    .get("/models/:owner/:name/examples", (context) => {
      const shown = findOwn(context) ? [] : present.examples(find(context));
      return context.json(pageOf(context, baseUrl, shown));
    })
    .get("/models/:owner/:name/readme", (context) => {
      const own = findOwn(context);
      if (own && own.readme === null) throw notFound();
      return context.text(own?.readme ?? readmeOf(find(context)));
    })
    .get("/models/:owner/:name/versions", (context) => {
      if (findOwn(context)) return context.json(pageOf(context, baseUrl, []));
      const model = find(context);
      const versions = model.versionIds.map((id) => present.version(model, id));
      return context.json(pageOf(context, baseUrl, versions));
    })
    .get("/models/:owner/:name/versions/:version", (context) => {
      const model = find(context);
      const id = model.versionIds.find((known) => known === context.req.param("version"));
      if (id === undefined) throw notFound();
      return context.json(present.version(model, id));
    })
    .get("/hardware", (context) => context.json(Object.entries(hardware).map(([sku, { name }]) => ({ name, sku }))));
}

/** All versions are as old as their models, so that `sort_by` decides nothing. */
function readSorting(context: ApiContext): "asc" | "desc" {
  const { sort_by: by, sort_direction: direction = "desc" } = context.req.query();
  if (by !== undefined && by !== "model_created_at" && by !== "latest_version_created_at") {
    throw invalidParameter("sort_by must be model_created_at or latest_version_created_at");
  }
  if (direction !== "asc" && direction !== "desc") throw invalidParameter("sort_direction must be asc or desc");
  return direction;
}

const readmeOf = ({ name, description }: Model) => `# ${name}\n\n${description}\n`;
