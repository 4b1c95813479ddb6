import { Hono } from "hono";
import type { Catalogue } from "../models/catalogue.ts";
import { hardware } from "../models/hardware.ts";
import { openapiSchema } from "../models/openapi.ts";
import type { Environment } from "./environment.ts";
import { notFound } from "./problem.ts";

/** When the models of the double were published, as far as anybody asks. */
const PUBLISHED_AT = "2024-08-01T00:00:00.000000Z";

export function modelRoutes(catalogue: Catalogue) {
  return new Hono<Environment>()
    .get("/models/:owner/:name", (context) => {
      const { owner, name } = context.req.param();
      const model = catalogue.byName(`${owner}/${name}`);
      if (!model) throw notFound();
      return context.json({
        url: `https://replicate.com/${model.name}`,
        owner,
        name,
        description: model.description,
        visibility: "public",
        is_official: model.isOfficial,
        github_url: null,
        paper_url: null,
        license_url: null,
        run_count: 0,
        cover_image_url: null,
        default_example: null,
        latest_version: {
          id: model.versionId,
          created_at: PUBLISHED_AT,
          cog_version: "0.9.0",
          openapi_schema: openapiSchema(model),
        },
      });
    })
    .get("/hardware", (context) => context.json(Object.entries(hardware).map(([sku, { name }]) => ({ name, sku }))));
}
