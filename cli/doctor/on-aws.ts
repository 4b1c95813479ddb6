import { GetParameterCommand, ParameterNotFound, SSMClient } from "@aws-sdk/client-ssm";
import { sstCommand } from "../../infra/deploy-stage/sst-command.ts";
import { secretsOf } from "../../infra/secrets.ts";
import { type AppName, appNames } from "../../infra/service-names.ts";
import type { Stage } from "../stage.ts";
import { bad } from "./check.ts";
import { explainTrouble } from "./explain.ts";
import { secretsSet } from "./secrets.ts";
import { createSecretReader, signingSecretIn } from "./sst-secrets.ts";
import type { World } from "./world.ts";

const appsWithSecrets = appNames.filter((app) => secretsOf(app).length > 0);

/** Stages that are refused as one app. */
const deployedByService = ["homolog", "prod"];

export async function findOnAws(stage: Stage, root: string): Promise<World> {
  const deploy = (app: AppName) => `npm run deploy -- --stage ${stage.name} --service ${app}`;
  const { readSecrets } = sstCommand(root, stage.name);
  const readings = createSecretReader({ read: readSecrets, mayBeComposed: !deployedByService.includes(stage.name) });
  return {
    api: await findApi(stage, `Deploy it: ${deploy("platform")}`),
    mayBeOpen: false,
    secrets: appsWithSecrets.map((app) =>
      secretsSet({ stage: stage.name, app, needed: secretsOf(app), readSecrets: () => readings(app) }),
    ),
    readWebhookSecret: async () => signingSecretIn(await readings("replicate-bridge")),
    remedies: {
      intake: `Its routes are not there, or it answers anybody: ${deploy("intake")}`,
      bridge: `Its route is not there, or it checks no signature: ${deploy("replicate-bridge")}`,
      signature: `The function has another secret than SST, or this machine's clock is wrong: ${deploy("replicate-bridge")}`,
      ledger: `Its deploy runs them: ${deploy("ledger")}`,
      platform: `Deploy it again: ${deploy("platform")}`,
    },
  };
}

/** Where the platform's deploy wrote it. */
async function findApi(stage: Stage, remedy: string): Promise<World["api"]> {
  const client = new SSMClient(stage.client);
  const Name = `/vsl/${stage.name}/platform/api-url`;
  try {
    const { Parameter } = await client.send(new GetParameterCommand({ Name }));
    return Parameter?.Value ? { url: Parameter.Value } : { unknown: bad(`${Name} is empty`, remedy) };
  } catch (error) {
    if (error instanceof ParameterNotFound) return { unknown: bad(`there is no parameter ${Name}`, remedy) };
    return { unknown: explainTrouble(error, stage) };
  } finally {
    client.destroy();
  }
}
