import { Hono } from "hono";
import type { Catalogue } from "../models/catalogue.ts";
import type { Environment } from "./environment.ts";
import { pageOf } from "./pages.ts";
import { invalidParameter, notFound } from "./problem.ts";

/** None of the models here can be trained, which Replicate answers with 400; so there are never any trainings. */
export function trainingRoutes({ baseUrl, catalogue }: { baseUrl: string; catalogue: Catalogue }) {
  return new Hono<Environment>()
    .get("/trainings", (context) => context.json(pageOf(context, baseUrl, [])))
    .post("/models/:owner/:name/versions/:version/trainings", (context) => {
      const { owner, name, version } = context.req.param();
      if (catalogue.byVersion(version)?.name !== `${owner}/${name}`) throw notFound();
      throw invalidParameter("The model does not support training");
    });
}
