import type { Model } from "./define-model.ts";
import { flux11Pro, fluxDev, fluxSchnell } from "./flux.ts";
import { klingTurboPro } from "./kling.ts";
import { lyria2 } from "./lyria.ts";
import { musicgen } from "./musicgen.ts";
import { sdxl } from "./sdxl.ts";
import { seedanceLite } from "./seedance.ts";
import { stableVideoDiffusion } from "./stable-video-diffusion.ts";

export interface Catalogue {
  byName(name: string): Model | undefined;
  /** What `POST /predictions` takes as `version`: `owner/name` (official models only), `owner/name:id` or the id alone. */
  byVersion(version: string): Model | undefined;
}

export const models: readonly Model[] = [
  fluxSchnell,
  fluxDev,
  flux11Pro,
  sdxl,
  stableVideoDiffusion,
  klingTurboPro,
  seedanceLite,
  lyria2,
  musicgen,
];

export function createCatalogue(offered: readonly Model[] = models): Catalogue {
  return {
    byName: (name) => offered.find((model) => model.name === name),
    byVersion: (version) =>
      offered.find(
        ({ name, versionId, isOfficial }) =>
          version === versionId || version === `${name}:${versionId}` || (isOfficial && version === name),
      ),
  };
}
