import { Hono } from "hono";
import { z } from "zod";
import { hardwareSku } from "../models/hardware.ts";
import type { OwnModel } from "../models/own-models.ts";
import { account } from "./account.ts";
import type { ApiContext, Environment } from "./environment.ts";
import type { ModelParts } from "./models.ts";
import { parseBody } from "./parse-body.ts";
import { createModelPresenter } from "./present-model.ts";
import { conflict, forbidden, invalidParameter, notFound } from "./problem.ts";
import { readJson } from "./read-json.ts";

const text = z.string().optional();

const creation = z.strictObject({
  owner: z.string(),
  name: z.string().min(1),
  visibility: z.enum(["public", "private"]),
  hardware: hardwareSku,
  description: text,
  github_url: text,
  paper_url: text,
  license_url: text,
  cover_image_url: text,
});

const change = z.strictObject({
  description: text,
  readme: text,
  github_url: text,
  paper_url: text,
  /** Replicate takes it and never shows it. */
  weights_url: text,
  license_url: text,
});

/** Models of the account itself: made, changed and deleted. Those of the catalogue belong to others. */
export function ownModelRoutes(parts: ModelParts) {
  const { catalogue, clock, ownModels } = parts;
  const present = createModelPresenter(parts);

  const findOwn = (context: ApiContext): OwnModel => {
    const { owner = "", name = "" } = context.req.param();
    const model = ownModels.find(owner, name);
    if (model) return model;
    throw catalogue.byName(`${owner}/${name}`) ? forbidden("You can only change models you own") : notFound();
  };

  return new Hono<Environment>()
    .post("/models", async (context) => {
      const asked = parseBody(creation, await readJson(context));
      if (asked.owner !== account.username) throw forbidden("You can only create models for your own account");
      if (ownModels.find(asked.owner, asked.name)) throw conflict(`A model named ${asked.name} exists already`);
      const model: OwnModel = {
        owner: asked.owner,
        name: asked.name,
        visibility: asked.visibility,
        hardware: asked.hardware,
        description: asked.description ?? null,
        githubUrl: asked.github_url ?? null,
        paperUrl: asked.paper_url ?? null,
        licenseUrl: asked.license_url ?? null,
        coverImageUrl: asked.cover_image_url ?? null,
        readme: null,
        createdAt: clock.now(),
      };
      ownModels.save(model);
      return context.json(present.ownModel(model), 201);
    })
    .patch("/models/:owner/:name", async (context) => {
      const model = findOwn(context);
      const given = parseBody(change, await readJson(context));
      const changed: OwnModel = {
        ...model,
        description: given.description ?? model.description,
        readme: given.readme ?? model.readme,
        githubUrl: given.github_url ?? model.githubUrl,
        paperUrl: given.paper_url ?? model.paperUrl,
        licenseUrl: given.license_url ?? model.licenseUrl,
      };
      ownModels.save(changed);
      return context.json(present.ownModel(changed));
    })
    .delete("/models/:owner/:name", (context) => {
      const model = findOwn(context);
      if (model.visibility !== "private") throw invalidParameter("You can only delete private models");
      ownModels.remove(model.owner, model.name);
      return context.body(null, 204);
    });
}
