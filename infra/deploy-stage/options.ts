import { parseArgs } from "node:util";
import { type AppName, appNames } from "../service-names.ts";

export const usage = `npm run deploy -- --stage <stage> [--service <name>]

  --stage    homolog, prod, or a stage of your own
  --service  one of ${appNames.join(", ")}; without it, all in this order
`;

export interface DeployOptions {
  stage: string;
  apps: readonly AppName[];
}

/** Throws what the caller did wrong, in words. */
export function readDeployOptions(args: string[]): DeployOptions | "help" {
  const { values } = parseArgs({
    args,
    options: { stage: { type: "string" }, service: { type: "string" }, help: { type: "boolean" } },
  });
  if (values.help) return "help";
  const { stage, service } = values;
  if (!stage) throw new Error("which stage? Add --stage homolog");
  if (!/^[a-z][a-z0-9-]{0,19}$/.test(stage)) {
    throw new Error(
      `the stage "${stage}" does not fit into AWS's names: use up to 20 of a-z, 0-9 and -, a letter first`,
    );
  }
  if (service === undefined) return { stage, apps: appNames };
  const app = appNames.find((name) => name === service);
  if (!app) throw new Error(`the service "${service}" is unknown: use one of ${appNames.join(", ")}`);
  return { stage, apps: [app] };
}
