import { account, region } from "./place.ts";

type Inputs = Record<string, unknown>;

/** What AWS would answer to a look-up (`aws.getRegion()`, `aws.ssm.getParameter(…)`). */
export function mockCall(token: string, inputs: Inputs): Inputs {
  const call = token.slice(token.lastIndexOf(":") + 1);
  return calls[call]?.(inputs) ?? { ...inputs, id: `${token}-id` };
}

const calls: Record<string, (inputs: Inputs) => Inputs> = {
  getPartition: () => ({ partition: "aws", dnsSuffix: "amazonaws.com", id: "aws", reverseDnsPrefix: "com.amazonaws" }),
  getRegion: () => ({ region, name: region, id: region, description: "" }),
  getCallerIdentity: () => ({
    accountId: account,
    arn: `arn:aws:iam::${account}:user/test`,
    userId: "test",
    id: account,
  }),
  getAvailabilityZones: () => ({
    names: ["a", "b", "c"].map((zone) => region + zone),
    zoneIds: ["az1", "az2", "az3"],
    id: region,
  }),
  getAmi: () => ({ id: "ami-test", imageId: "ami-test", architecture: "arm64" }),
  getParameter: ({ name }) => ({
    name,
    value: `value-of-${name}`,
    insecureValue: `value-of-${name}`,
    type: "String",
    version: 1,
  }),
  getSecretVersion: ({ secretId }) => ({
    secretId,
    secretString: JSON.stringify({ username: "postgres", password: "test", authToken: "test" }),
  }),
  getSubnets: () => ({ ids: ["subnet-1", "subnet-2"] }),
  getSecurityGroups: () => ({ ids: ["sg-1"] }),
  getPolicyDocument: policyDocument,
};

interface PolicyStatement {
  sid?: string;
  effect?: string;
  actions?: string[];
  notActions?: string[];
  resources?: string[];
  notResources?: string[];
  principals?: { type: string; identifiers: string[] }[];
  conditions?: { test: string; variable: string; values: string[] }[];
}

const one = (values?: string[]) => (values?.length === 1 ? values[0] : values);

function policyDocument(inputs: Inputs): Inputs {
  const statements = (inputs["statements"] ?? []) as PolicyStatement[];
  const json = JSON.stringify({
    Version: "2012-10-17",
    Statement: statements.map((statement) => ({
      Sid: statement.sid,
      Effect: statement.effect ?? "Allow",
      Principal: principalsOf(statement),
      Action: one(statement.actions),
      NotAction: one(statement.notActions),
      Resource: one(statement.resources),
      NotResource: one(statement.notResources),
      Condition: conditionsOf(statement),
    })),
  });
  return { ...inputs, json, minifiedJson: json, id: "policy" };
}

function principalsOf({ principals }: PolicyStatement) {
  if (!principals?.length) return undefined;
  if (principals.length === 1 && principals[0]?.type === "*") return "*";
  return Object.fromEntries(principals.map(({ type, identifiers }) => [type, one(identifiers)]));
}

function conditionsOf({ conditions }: PolicyStatement) {
  if (!conditions?.length) return undefined;
  const byTest: Record<string, Record<string, unknown>> = {};
  for (const { test, variable, values } of conditions) byTest[test] = { ...byTest[test], [variable]: one(values) };
  return byTest;
}
