import type { Model } from "./define-model.ts";
import { flux11Pro } from "./flux-1.1-pro.ts";
import { fluxDev } from "./flux-dev.ts";
import { fluxSchnell } from "./flux-schnell.ts";
import { klingTurboPro } from "./kling-v2.5-turbo-pro.ts";
import { lyria2 } from "./lyria-2.ts";
import { musicgen } from "./musicgen.ts";
import { sdxl } from "./sdxl.ts";
import { seedanceLite } from "./seedance-1-lite.ts";
import { stabilityVideo } from "./stability-video.ts";

/** Every model that callers may ask for. */
export const models: readonly Model[] = [
  fluxSchnell,
  fluxDev,
  flux11Pro,
  sdxl,
  stabilityVideo,
  klingTurboPro,
  seedanceLite,
  lyria2,
  musicgen,
];

const byId = new Map(models.map((model) => [model.modelId, model]));

export const findModel = (modelId: string): Model | undefined => byId.get(modelId);
