import { missingSecret, type SecretName, secretHints, secretsOf } from "./secrets";
import { appNames } from "./service-names";

/** Stops a deploy before it makes anything, and says all that is missing at once. SST hands set secrets over in the environment. */
export function requireSecrets(service: string): void {
  const composed = service === "all";
  const missing = appNames
    .filter((app) => composed || app === service)
    .flatMap(secretsOf)
    .filter((name: SecretName) => process.env[`SST_SECRET_${name}`] === undefined);
  if (missing.length === 0) return;
  const lines = missing.map((name) =>
    missingSecret(name, { stage: $app.stage, app: composed ? null : secretHints[name].app }),
  );
  throw new Error(lines.join("\n\n"));
}
