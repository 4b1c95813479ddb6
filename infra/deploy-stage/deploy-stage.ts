import { missingSecret, secretsOf } from "../secrets.ts";
import type { AppName } from "../service-names.ts";
import type { DeployOptions } from "./options.ts";

export interface DeployPorts {
  /** Names of the secrets that are set for an app in the stage. */
  listSecrets: (app: AppName) => Promise<string[]>;
  /** Safe to repeat: an app that has not changed changes nothing. Throws when AWS refused. */
  deployApp: (app: AppName) => Promise<void>;
  say: (line: string) => void;
}

/** Looks for every secret before anything is deployed, then deploys one app after the other and stops at the first that fails. */
export async function deployStage(ports: DeployPorts, { stage, apps }: DeployOptions): Promise<void> {
  const missing: string[] = [];
  for (const app of apps) {
    const needed = secretsOf(app);
    if (needed.length === 0) continue;
    ports.say(`looking for the secrets of ${app}`);
    const set = await ports.listSecrets(app);
    missing.push(...needed.filter((name) => !set.includes(name)).map((name) => missingSecret(name, { stage, app })));
  }
  if (missing.length > 0) throw new Error(`nothing was deployed:\n\n${missing.join("\n\n")}`);
  for (const [index, app] of apps.entries()) {
    ports.say(`${index + 1}/${apps.length} deploying ${app} to ${stage}`);
    await ports.deployApp(app);
  }
  ports.say(`deployed ${apps.join(", ")} to ${stage}`);
}
