import { functionDefaults } from "./defaults";
import { isDeployedStage } from "./names";
import { linksGrantNothing } from "./permissions";
import { createPlatform, type Platform } from "./platform";
import { referencePlatform } from "./platform-parameters";

type ServiceModule = { default: (platform: Platform) => void };

const services: Record<string, () => Promise<ServiceModule>> = {
  intake: () => import("../services/intake/infra"),
  "replicate-bridge": () => import("../services/replicate-bridge/infra"),
  storage: () => import("../services/storage/infra"),
  ledger: () => import("../services/ledger/infra"),
};

/** `service` is one of the services, `platform`, or `all` for `sst dev` and personal stages. */
export async function deploy(service: string): Promise<Record<string, unknown>> {
  functionDefaults();
  linksGrantNothing();
  if (service === "platform") {
    createPlatform();
    return {};
  }
  if (service === "all") {
    if (isDeployedStage()) {
      throw new Error(
        `The stage ${$app.stage} is deployed service by service: set SERVICE to platform, then to each service.`,
      );
    }
    const platform = createPlatform();
    for (const load of Object.values(services)) (await load()).default(platform);
    return {};
  }
  const load = services[service];
  if (!load) throw new Error(`SERVICE=${service} is unknown: use platform, ${Object.keys(services).join(", ")}.`);
  (await load()).default(referencePlatform());
  return {};
}
