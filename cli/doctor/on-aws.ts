import { GetParameterCommand, ParameterNotFound, SSMClient } from "@aws-sdk/client-ssm";
import { sstCommand } from "../../infra/deploy-stage/sst-command.ts";
import { secretsOf } from "../../infra/secrets.ts";
import { type AppName, appNames } from "../../infra/service-names.ts";
import type { Stage } from "../stage.ts";
import { bad } from "./check.ts";
import { explainTrouble } from "./explain.ts";
import { type SecretsRead, secretsSet } from "./secrets.ts";
import type { SigningSecret } from "./webhook.ts";
import type { World } from "./world.ts";

const appsWithSecrets = appNames.filter((app) => secretsOf(app).length > 0);

export async function findOnAws(stage: Stage, root: string): Promise<World> {
  const deploy = (app: AppName) => `npm run deploy -- --stage ${stage.name} --service ${app}`;
  const readings = readInTurn(sstCommand(root, stage.name).readSecrets);
  return {
    api: await findApi(stage, `Deploy it: ${deploy("platform")}`),
    mayBeOpen: false,
    secrets: appsWithSecrets.map((app) =>
      secretsSet({ stage: stage.name, app, needed: secretsOf(app), readSecrets: () => readings(app) }),
    ),
    readWebhookSecret: async () => signingSecretIn(await readings("replicate-bridge")),
    remedies: {
      signatureRefused: `The function has another secret than SST, or this machine's clock is wrong: ${deploy("replicate-bridge")}`,
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

/** Each app is asked once, and one after the other: the first SST to run may have to install what the next one needs. */
function readInTurn(read: (app: AppName) => Promise<ReadonlyMap<string, string>>) {
  const readings = new Map<AppName, Promise<SecretsRead>>();
  let last: Promise<unknown> = Promise.resolve();
  return (app: AppName): Promise<SecretsRead> => {
    const reading =
      readings.get(app) ??
      last
        .then(() => read(app))
        .then(
          (set) => ({ set }),
          (error: unknown) => unavailable(error),
        );
    readings.set(app, reading);
    last = reading;
    return reading;
  };
}

const unavailable = (error: unknown): SecretsRead => ({
  unavailable: `not to be read: ${(error instanceof Error ? error.message : String(error)).replaceAll(/\s*\n\s*/g, " ")}`,
});

/** While it rotates there are two, and either one signs. */
function signingSecretIn(read: SecretsRead): SigningSecret {
  if ("unavailable" in read) return read;
  const [first] = (read.set.get("ReplicateWebhookSecret") ?? "").split(/[\s,"]+/).filter(Boolean);
  return first === undefined ? { unavailable: "ReplicateWebhookSecret is not set" } : { value: first };
}
