import type { Model } from "./define-model.ts";
import { demucs } from "./demucs.ts";
import { flux11Pro, fluxDev, fluxSchnell } from "./flux.ts";
import { helloWorld } from "./hello-world.ts";
import { klingTurboPro } from "./kling.ts";
import { llama2Chat, llama3Instruct } from "./llama.ts";
import { lyria2 } from "./lyria.ts";
import { musicgen } from "./musicgen.ts";
import { realEsrgan } from "./real-esrgan.ts";
import { sdxl } from "./sdxl.ts";
import { seedanceLite } from "./seedance.ts";
import { stableDiffusion } from "./stable-diffusion.ts";
import { stableVideoDiffusion } from "./stable-video-diffusion.ts";
import { whisper } from "./whisper.ts";

export interface Catalogue {
  models: readonly Model[];
  byName(name: string): Model | undefined;
  /** What `POST /predictions` takes as `version`: `owner/name` (official models only), `owner/name:id` or the id alone. */
  byVersion(version: string): Model | undefined;
}

export const models: readonly Model[] = [
  fluxSchnell,
  fluxDev,
  flux11Pro,
  sdxl,
  stableDiffusion,
  realEsrgan,
  stableVideoDiffusion,
  klingTurboPro,
  seedanceLite,
  lyria2,
  musicgen,
  demucs,
  whisper,
  llama3Instruct,
  llama2Chat,
  helloWorld,
];

export function createCatalogue(offered: readonly Model[] = models): Catalogue {
  return {
    models: offered,
    byName: (name) => offered.find((model) => model.name === name),
    byVersion: (version) =>
      offered.find(
        ({ name, versionIds, isOfficial }) =>
          (isOfficial && version === name) || versionIds.some((id) => version === id || version === `${name}:${id}`),
      ),
  };
}
