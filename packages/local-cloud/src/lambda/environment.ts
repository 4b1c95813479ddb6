import { devNull } from "node:os";
import type { Credentials } from "../iam/identities.ts";
import type { FunctionTopology } from "../topology.ts";

interface EnvironmentFacts {
  app: string;
  stage: string;
  region: string;
  endpointUrl: string;
  /** The service's own; without it the developer's, who may do everything. */
  credentialsOf?: (service: string) => Credentials;
  /** What `Resource.<name>` holds here; see `local-links.ts`. */
  links: Record<string, Record<string, unknown>>;
  /** This process's own environment, of which a service sees almost nothing. */
  inherited: Record<string, string | undefined>;
}

const developersOwn: Credentials = { accessKeyId: "local", secretAccessKey: "local" };

/** The whole environment of a service's process: Lambda's, SST's links, and the functions' own variables. */
export function serviceEnvironment(
  service: string,
  functions: FunctionTopology[],
  facts: EnvironmentFacts,
): Record<string, string> {
  const { app, stage, region, endpointUrl, links, inherited, credentialsOf = () => developersOwn } = facts;
  const { accessKeyId, secretAccessKey } = credentialsOf(service);
  const linked = new Set(functions.flatMap((fn) => Object.keys(fn.links)));
  return {
    ...inheritable(inherited),
    TZ: "UTC",
    LANG: "en_US.UTF-8",
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_ENDPOINT_URL: endpointUrl,
    AWS_EC2_METADATA_DISABLED: "true",
    // The developer's own profiles stay out, whatever they say about endpoints and retries.
    AWS_CONFIG_FILE: devNull,
    AWS_SHARED_CREDENTIALS_FILE: devNull,
    AWS_EXECUTION_ENV: "AWS_Lambda_nodejs24.x",
    AWS_LAMBDA_FUNCTION_NAME: service,
    AWS_LAMBDA_FUNCTION_VERSION: "$LATEST",
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(serviceMemory(functions)),
    ...ownVariables(service, functions),
    SST_RESOURCE_App: JSON.stringify({ name: app, stage }),
    ...Object.fromEntries([...linked].map((name) => [`SST_RESOURCE_${name}`, JSON.stringify(links[name] ?? {})])),
  };
}

export const serviceMemory = (functions: FunctionTopology[]) =>
  Math.max(...functions.map(({ memoryMegabytes }) => memoryMegabytes));

/** Node's own knobs pass; its private channel to a parent (`NODE_CHANNEL_*`, `NODE_UNIQUE_ID`) must not. */
function inheritable(inherited: EnvironmentFacts["inherited"]): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const [name, value] of Object.entries(inherited)) {
    const wanted = name === "PATH" || name === "HOME" || /^NODE_(?!CHANNEL_|UNIQUE_ID)/.test(name);
    if (wanted && value !== undefined) kept[name] = value;
  }
  return kept;
}

/** One process cannot hold two values of a variable, as two functions on AWS can: better said than mixed up. */
function ownVariables(service: string, functions: FunctionTopology[]): Record<string, string> {
  const variables: Record<string, string> = {};
  for (const fn of functions) {
    for (const [name, value] of Object.entries(fn.environment)) {
      if (variables[name] !== undefined && variables[name] !== value) {
        throw new Error(`The functions of ${service} disagree on the environment variable ${name} (at ${fn.name}).`);
      }
      variables[name] = value;
    }
  }
  return variables;
}
