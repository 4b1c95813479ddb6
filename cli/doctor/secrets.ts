import { missingSecret, type SecretName } from "../../infra/secrets.ts";
import type { AppName } from "../../infra/service-names.ts";
import { bad, type Check, good, skipped } from "./check.ts";

/** Those that are set, by name, or why they are not to be read. */
export type SecretsRead = { set: ReadonlyMap<string, string> } | { unavailable: string };

interface SecretsPorts {
  stage: string;
  app: AppName;
  needed: readonly SecretName[];
  readSecrets: () => Promise<SecretsRead>;
}

/** Tells names, never values. */
export const secretsSet = ({ stage, app, needed, readSecrets }: SecretsPorts): Check => ({
  name: `secrets of ${app}`,
  async find() {
    const read = await readSecrets();
    if ("unavailable" in read) return skipped(read.unavailable);
    const missing = needed.filter((name) => !read.set.has(name));
    if (missing.length === 0) return good(needed.join(", "));
    const [commands, them] = [missing.map((name) => missingSecret(name, { stage, app })), missing.join(", ")];
    return bad(`without ${them}`, `Set it, and deploy ${app} again:\n${commands.join("\n")}`);
  },
});
