import { functionDefaults } from "./defaults";
import { isDeployedStage } from "./names";
import { linksGrantNothing } from "./permissions";
import { createPlatform, type Platform } from "./platform";
import { referencePlatform } from "./platform-parameters";
import { requireSecrets } from "./require-secrets";
import { isServiceName, type ServiceName } from "./service-names";

type ServiceModule = { default: (platform: Platform) => void };

const services: Record<ServiceName, () => Promise<ServiceModule>> = {
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
    requireSecrets(service);
    return { url: createPlatform().api.url };
  }
  if (service === "all") {
    if (isDeployedStage()) {
      throw new Error(
        `The stage ${$app.stage} is deployed service by service: set SERVICE to platform, then to each service.`,
      );
    }
    requireSecrets(service);
    const platform = createPlatform();
    for (const load of Object.values(services)) (await load()).default(platform);
    return { url: platform.api.url };
  }
  if (!isServiceName(service)) {
    throw new Error(`SERVICE=${service} is unknown: use platform, ${Object.keys(services).join(", ")}.`);
  }
  requireSecrets(service);
  (await services[service]()).default(referencePlatform());
  return {};
}
