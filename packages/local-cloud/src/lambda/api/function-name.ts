import { AwsError } from "../../endpoint/aws-error.ts";
import type { FunctionTopology } from "../../topology.ts";
import { functionArn } from "../invocation.ts";

interface KnownFunctions {
  byName: ReadonlyMap<string, FunctionTopology>;
  region: string;
  account: string;
}

const pattern =
  "(arn:(aws[a-zA-Z-]*)?:lambda:)?([a-z]{2}(-gov)?(-iso[a-z]?)?-[a-z]+-\\d{1}:)?(\\d{12}:)?(function:)?([a-zA-Z0-9-_\\.]+)(:(\\$LATEST(\\.PUBLISHED)?|[a-zA-Z0-9-_]+))?";
const parts =
  /^(?:arn:aws[a-zA-Z-]*:lambda:(?<region>[a-z0-9-]+):)?(?:(?<account>\d{12}):)?(?:function:)?(?<name>[a-zA-Z0-9-_.]+)(?::(?<qualifier>\$LATEST(?:\.PUBLISHED)?|[a-zA-Z0-9-_]+))?$/;

/** Finds a function by its name, its ARN or what lies between, with or without a version: only `$LATEST` is there. */
export function findFunction(given: string, qualifierGiven: string | null, known: KnownFunctions): FunctionTopology {
  const {
    region = known.region,
    account = known.account,
    name,
    qualifier = qualifierGiven,
  } = parts.exec(given)?.groups ?? {};
  if (name === undefined) {
    throw validationError(
      `Value '${given}' at 'functionName' failed to satisfy constraint: Member must satisfy regular expression pattern: ${pattern}`,
    );
  }
  const fn = region === known.region && account === known.account ? known.byName.get(name) : undefined;
  const isThere = qualifier === null || qualifier === undefined || qualifier === "$LATEST";
  if (fn !== undefined && isThere) return fn;
  const arn = functionArn(region, account, name) + (isThere ? "" : `:${qualifier}`);
  throw new AwsError("ResourceNotFoundException", `Function not found: ${arn}`, {
    status: 404,
    members: { Type: "User" },
  });
}

export const validationError = (detail: string) =>
  new AwsError("ValidationException", `1 validation error detected: ${detail}`);
