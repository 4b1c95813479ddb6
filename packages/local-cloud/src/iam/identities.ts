import { createHash, randomBytes } from "node:crypto";
import { functionArn } from "../lambda/invocation.ts";
import type { FunctionTopology } from "../topology.ts";
import type { Statement } from "./evaluate.ts";
import { lineageIn, lineageOf } from "./lineage.ts";
import type { Place } from "./right.ts";

export interface Credentials {
  accessKeyId: string;
  secretAccessKey: string;
}

/** Who calls, with what it may do. */
export interface Identity {
  /** Of its assumed role. */
  arn: string;
  service: string;
  /** Null for what a service does outside any invocation. */
  functionName: string | null;
  statements: readonly Statement[];
}

/**
 * A service's process has one access key, since SDK clients keep the credentials that they find first. Which of its functions
 * calls is told by the trace header; without one (a presigned URL, work at load) the service may what any of its functions may.
 */
export function createIdentities(functions: readonly FunctionTopology[], { region, account }: Place) {
  const roleArn = (role: string, session: string) => `arn:aws:sts::${account}:assumed-role/${role}/${session}`;
  const services = [...Map.groupBy(functions, ({ service }) => service)].map(([service, own]) => {
    const identity: Identity = {
      arn: roleArn(service, service),
      service,
      functionName: null,
      statements: own.flatMap(({ permissions }) => permissions),
    };
    const byLineage = new Map(
      own.map(({ name, permissions }): [string, Identity] => [
        lineageOf(functionArn(region, account, name)),
        { arn: roleArn(`${name}-role`, name), service, functionName: name, statements: permissions },
      ]),
    );
    return { service, identity, byLineage, credentials: createCredentials(service) };
  });
  const byService = new Map(services.map((each) => [each.service, each]));
  const byAccessKey = new Map(services.map((each) => [each.credentials.accessKeyId, each]));

  return {
    credentialsOf(service: string): Credentials {
      const found = byService.get(service);
      if (!found) throw new Error(`There is no service ${service}.`);
      return found.credentials;
    },
    /** The secrets of all services by access key id. */
    secrets: (): Record<string, string> =>
      Object.fromEntries(
        services.map(({ credentials: { accessKeyId, secretAccessKey } }) => [accessKeyId, secretAccessKey]),
      ),
    /** Null for a key that is no service's: a developer's own. */
    find(accessKeyId: string | undefined, traceHeader: string): Identity | null {
      const found = byAccessKey.get(accessKeyId ?? "");
      if (!found) return null;
      return found.byLineage.get(lineageIn(traceHeader) ?? "") ?? found.identity;
    },
    ofFunction: (name: string): Identity | undefined =>
      services.flatMap(({ byLineage }) => [...byLineage.values()]).find(({ functionName }) => functionName === name),
  };
}

/** The id is the service's at every start, so that it is known in a log; the secret is new at each. */
function createCredentials(service: string): Credentials {
  const id = createHash("sha256").update(service).digest("hex").slice(0, 16).toUpperCase();
  return { accessKeyId: `LKIA${id}`, secretAccessKey: randomBytes(30).toString("base64url") };
}
