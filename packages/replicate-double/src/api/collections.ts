import { Hono } from "hono";
import { type Collection, collections } from "../models/collections.ts";
import { findBest } from "../models/search-models.ts";
import type { Environment } from "./environment.ts";
import type { ModelParts } from "./models.ts";
import { pageOf } from "./pages.ts";
import { createModelPresenter } from "./present-model.ts";
import { invalidParameter, notFound, Problem } from "./problem.ts";

const listed = ({ name, slug, description }: Collection) => ({ name, slug, description });

export function collectionRoutes(parts: ModelParts) {
  const { baseUrl, catalogue } = parts;
  const present = createModelPresenter(parts);
  return new Hono<Environment>()
    .get("/collections", (context) => context.json(pageOf(context, baseUrl, collections.map(listed))))
    .get("/collections/:slug", (context) => {
      const collection = collections.find(({ slug }) => slug === context.req.param("slug"));
      if (!collection) throw notFound();
      const models = catalogue.models.filter(({ name }) => collection.models.includes(name)).map(present.model);
      return context.json({ ...listed(collection), full_description: null, models });
    });
}

const DEFAULT_LIMIT = 20;
const LARGEST_LIMIT = 50;

/** Needs no token, as Replicate documents it. */
export function searchRoutes(parts: ModelParts) {
  const present = createModelPresenter(parts);
  const tagsOf = ({ name }: { name: string }) =>
    collections.filter(({ models }) => models.includes(name)).map(({ slug }) => slug);

  return new Hono<Environment>().get("/search", (context) => {
    const query = context.req.query("query") ?? "";
    if (query === "") throw new Problem(400, { detail: 'Query parameter "query" is required' });
    const models = findBest(parts.catalogue.models, query, tagsOf).slice(0, readLimit(context.req.query("limit")));
    return context.json({
      query,
      models: models.map(({ item, score }) => ({
        model: present.model(item),
        metadata: { generated_description: item.description, tags: tagsOf(item), score },
      })),
      collections: findBest(collections, query).map(({ item }) => ({ ...listed(item), models: item.models })),
      pages: [],
    });
  });
}

function readLimit(limit: string | undefined): number {
  if (limit === undefined) return DEFAULT_LIMIT;
  const models = Number(limit);
  const isValid = Number.isInteger(models) && models >= 1 && models <= LARGEST_LIMIT;
  if (!isValid) throw invalidParameter(`limit must be between 1 and ${LARGEST_LIMIT}`);
  return models;
}
