import type { IncomingHttpHeaders } from "node:http";
import { join } from "node:path";
import type { Report } from "../report.ts";
import type { FunctionTopology } from "../topology.ts";
import { accessKeyIn } from "./access-key.ts";
import { type Caller, owner } from "./caller.ts";
import { cloudwatchRights } from "./cloudwatch-rights.ts";
import { denial } from "./denial.ts";
import { dynamodbRights } from "./dynamodb-rights.ts";
import { evaluate } from "./evaluate.ts";
import { eventsRights } from "./events-rights.ts";
import { type Credentials, createIdentities, type Identity } from "./identities.ts";
import { lambdaRights } from "./lambda-rights.ts";
import type { Input, Place, Right } from "./right.ts";
import { sqsRights } from "./sqs-rights.ts";
import { keepUsedRights } from "./used-rights.ts";

interface IamOptions extends Place {
  functions: readonly FunctionTopology[];
  /** A folder of its own; created. */
  dataDir: string;
  report: Report;
}

interface SignedCall {
  headers: IncomingHttpHeaders;
  url?: string | undefined;
}

export interface Iam {
  credentialsOf(service: string): Credentials;
  /** Of all services, by access key id. */
  secrets(): Record<string, string>;
  callerOf(accessKeyId: string | undefined, headers: IncomingHttpHeaders): Caller;
  /** Throws unless the caller may do what a call of a JSON service asks for. */
  authorize(call: SignedCall & { targetPrefix: string; operation: string; input: Input }): void;
  /** The same for a call of Lambda's REST API. */
  authorizeLambda(call: SignedCall & { method?: string | undefined }): void;
  /** What Lambda does in a function's name. Throws, naming the function, unless its role allows it. */
  requireOfFunction(functionName: string, rights: readonly Right[]): void;
}

const rightsOf = new Map<string, (operation: string, input: Input, place: Place) => Right[]>([
  ["DynamoDB_20120810", dynamodbRights],
  ["AmazonSQS", sqsRights],
  ["AWSEvents", eventsRights],
  ["GraniteServiceVersion20100801", cloudwatchRights],
]);

/** Holds the functions to their own statements, as AWS does, and keeps which of them were used. */
export function createIam({ functions, region, account, dataDir, report }: IamOptions): Iam {
  const identities = createIdentities(functions, { region, account });
  const usedRights = keepUsedRights(join(dataDir, "used-rights.jsonl"));
  const reported = new Set<string>();

  function requireOf(identity: Identity, rights: readonly Right[]): void {
    const { service, functionName, arn, statements } = identity;
    for (const right of rights) {
      const verdict = evaluate(statements, right);
      if (verdict.allowed) {
        usedRights.note({ service, function: functionName, action: right.action, resource: verdict.grant.resource });
        continue;
      }
      reportOnce(identity, right, verdict.unknown);
      throw denial({ identityArn: arn, right, explicit: verdict.explicit });
    }
  }

  /** In the developer's log, since a handler may well swallow it. */
  function reportOnce({ service, functionName }: Identity, { action, resource }: Right, unknown: string[]): void {
    const who = functionName ?? service;
    if (reported.has(`${who} ${action}`)) return;
    reported.add(`${who} ${action}`);
    const because = unknown.length === 0 ? "" : ` (not judged here: ${unknown.join(", ")})`;
    report({
      level: "WARN",
      message: `${who} was denied ${action} on ${resource}: add it to its permissions${because}`,
    });
  }

  function callerOf(accessKeyId: string | undefined, headers: IncomingHttpHeaders): Caller {
    const identity = identities.find(accessKeyId, String(headers["x-amzn-trace-id"] ?? ""));
    return identity ? { require: (rights) => requireOf(identity, rights) } : owner;
  }

  return {
    credentialsOf: identities.credentialsOf,
    secrets: identities.secrets,
    callerOf,
    authorize({ targetPrefix, operation, input, headers, url }) {
      const rights = rightsOf.get(targetPrefix)?.(operation, input, { region, account });
      // A service whose rights are not written down here is for the account's owner alone.
      const required = rights ?? [{ action: `${targetPrefix}:${operation}`, resource: "*" }];
      callerOf(accessKeyIn(headers, url), headers).require(required);
    },
    authorizeLambda({ method = "", headers, url = "" }) {
      callerOf(accessKeyIn(headers), headers).require(lambdaRights(method, url, { region, account }));
    },
    requireOfFunction(functionName, rights) {
      const identity = identities.ofFunction(functionName);
      if (!identity) throw new Error(`There is no function ${functionName}.`);
      requireOf(identity, rights);
    },
  };
}
