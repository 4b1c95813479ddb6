import type { Model } from "../models/define-model.ts";
import { type Examples, PUBLISHED_AT } from "../models/examples.ts";
import { openapiSchema } from "../models/openapi.ts";
import type { OwnModel } from "../models/own-models.ts";
import { linksTo } from "../predictions/output.ts";
import type { EndedPrediction } from "../predictions/prediction.ts";
import type { PredictionStore } from "../predictions/prediction-store.ts";
import { presentPrediction, timestamp } from "../predictions/present.ts";

interface Parts {
  baseUrl: string;
  examples: Examples;
  store: PredictionStore;
}

/** Models, their versions and their examples as Replicate's API shows them. */
export function createModelPresenter({ baseUrl, examples, store }: Parts) {
  const version = (model: Model, id: string) => ({
    id,
    created_at: timestamp(PUBLISHED_AT),
    cog_version: "0.9.0",
    openapi_schema: openapiSchema(model),
  });

  const example = (prediction: EndedPrediction) => ({
    ...presentPrediction(prediction, { baseUrl, now: prediction.state.completedAt }),
    source: "web",
  });

  return {
    version,
    examples(model: Model) {
      const made = examples.of(model);
      return made ? [example(made)] : [];
    },
    model(model: Model) {
      const made = examples.of(model);
      const [owner, name] = model.name.split("/");
      return {
        url: `https://replicate.com/${model.name}`,
        owner,
        name,
        description: model.description,
        visibility: "public",
        is_official: model.isOfficial,
        github_url: null,
        paper_url: null,
        license_url: null,
        run_count: store.countOfModel(model.name),
        cover_image_url: made && coverOf(made, baseUrl),
        default_example: made && example(made),
        latest_version: version(model, model.versionIds[0]),
      };
    },
    ownModel: (model: OwnModel) => ({
      url: `https://replicate.com/${model.owner}/${model.name}`,
      owner: model.owner,
      name: model.name,
      description: model.description,
      visibility: model.visibility,
      is_official: false,
      github_url: model.githubUrl,
      paper_url: model.paperUrl,
      license_url: model.licenseUrl,
      run_count: 0,
      cover_image_url: model.coverImageUrl,
      default_example: null,
      latest_version: null,
    }),
  };
}

/** The picture of the example, if it is one. */
function coverOf(example: EndedPrediction, baseUrl: string): unknown {
  const { order, state } = example;
  if (order.drawing.kind !== "image" || state.status !== "succeeded") return null;
  const links = linksTo(example, state.outputNames, baseUrl);
  return Array.isArray(links) ? links[0] : links;
}
