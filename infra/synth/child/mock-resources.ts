import { account, arnOf, region } from "./place.ts";

type State = Record<string, unknown>;
export interface NewResource {
  type: string;
  name: string;
  inputs: State;
  /** Set on reads (`X.get(…)`), where the reference is the identity. */
  id?: string;
}
interface Mock {
  id?: string;
  state: State;
}

const text = (value: unknown, otherwise: string) => (typeof value === "string" ? value : otherwise);
const lower = (value: string) => value.charAt(0).toLowerCase() + value.slice(1);

/** What AWS would answer after it made a resource, as far as SST's components look at it. */
export function mockResource({ type, name, inputs, id }: NewResource): { id: string; state: State } {
  const [pkg, module = "", kind = ""] = type.split(":");
  const service = module.split("/")[0] ?? "";
  const named = ["name", "bucket", "identifier", "clusterIdentifier", "replicationGroupId"].map((key) => inputs[key]);
  const physical =
    id ||
    text(
      named.find((value) => typeof value === "string"),
      name,
    );
  const common = pkg === "aws" ? { region, arn: arnOf(service, `${lower(kind)}/${physical}`) } : {};
  const mock = mocks[type]?.({ name, physical, inputs, id: id ?? "" }) ?? { state: {} };
  return {
    id: id || mock.id || `${name}-id`,
    state: { ...common, ...inputs, tagsAll: inputs["tags"] ?? {}, ...mock.state },
  };
}

type MockFactory = (of: { name: string; physical: string; inputs: State; id: string }) => Mock;

const bucket: MockFactory = ({ physical }) => ({
  id: physical,
  state: {
    bucket: physical,
    arn: `arn:aws:s3:::${physical}`,
    bucketDomainName: `${physical}.s3.amazonaws.com`,
    bucketRegionalDomainName: `${physical}.s3.${region}.amazonaws.com`,
  },
});

const mocks: Record<string, MockFactory> = {
  "aws:sqs/queue:Queue": ({ physical, id }) => {
    const url = id || `https://sqs.${region}.amazonaws.com/${account}/${physical}`;
    const queue = url.slice(url.lastIndexOf("/") + 1);
    return { id: url, state: { name: queue, url, arn: arnOf("sqs", queue) } };
  },
  "aws:cloudwatch/eventBus:EventBus": ({ physical }) => ({
    id: physical,
    state: { name: physical, arn: arnOf("events", `event-bus/${physical}`) },
  }),
  "aws:cloudwatch/eventRule:EventRule": ({ physical, inputs }) => ({
    state: { name: physical, arn: arnOf("events", `rule/${inputs["eventBusName"]}/${physical}`) },
  }),
  "aws:cloudwatch/logGroup:LogGroup": ({ physical }) => ({
    state: { name: physical, arn: arnOf("logs", `log-group:${physical}`) },
  }),
  "aws:lambda/function:Function": ({ physical }) => ({
    id: physical,
    state: {
      name: physical,
      version: "$LATEST",
      arn: arnOf("lambda", `function:${physical}`),
      qualifiedArn: arnOf("lambda", `function:${physical}:$LATEST`),
      invokeArn: `arn:aws:apigateway:${region}:lambda:path/2015-03-31/functions/${arnOf("lambda", `function:${physical}`)}/invocations`,
    },
  }),
  "aws:iam/role:Role": ({ physical }) => ({
    id: physical,
    state: { name: physical, arn: `arn:aws:iam::${account}:role/${physical}` },
  }),
  "aws:iam/policy:Policy": ({ physical }) => ({ state: { arn: `arn:aws:iam::${account}:policy/${physical}` } }),
  "aws:s3/bucket:Bucket": bucket,
  "aws:s3/bucketV2:BucketV2": bucket,
  "aws:dynamodb/table:Table": ({ physical }) => ({
    id: physical,
    state: { name: physical, arn: arnOf("dynamodb", `table/${physical}`) },
  }),
  "aws:sns/topic:Topic": ({ physical }) => ({
    id: arnOf("sns", physical),
    state: { name: physical, arn: arnOf("sns", physical) },
  }),
  "aws:apigatewayv2/api:Api": ({ name }) => ({
    state: {
      apiEndpoint: `https://${name.toLowerCase()}.execute-api.${region}.amazonaws.com`,
      executionArn: arnOf("execute-api", name),
    },
  }),
  "aws:ec2/vpc:Vpc": ({ inputs }) => ({
    state: {
      cidrBlock: inputs["cidrBlock"] ?? "10.0.0.0/16",
      ipv6CidrBlock: "2600:1f18:1234:5600::/56",
      defaultSecurityGroupId: "sg-default",
      tagsAll: { "sst:component-version": "2", "sst:ref-version": "2", ...(inputs["tags"] as State) },
    },
  }),
  "aws:rds/instance:Instance": ({ physical, inputs }) => ({
    state: {
      identifier: physical,
      address: `${physical}.rds.test`,
      endpoint: `${physical}.rds.test:5432`,
      port: 5432,
      username: inputs["username"] ?? "postgres",
      dbName: inputs["dbName"] ?? "vsl",
    },
  }),
  "aws:elasticache/serverlessCache:ServerlessCache": ({ physical }) => ({
    state: { endpoints: [{ address: `${physical}.serverless.cache.test`, port: 6379 }] },
  }),
  "aws:ssm/parameter:Parameter": ({ name, inputs }) => ({ id: text(inputs["name"], name), state: {} }),
  "random:index/randomPassword:RandomPassword": () => ({ state: { result: "x".repeat(32) } }),
  "random:index/randomBytes:RandomBytes": () => ({ state: { base64: Buffer.alloc(32, 1).toString("base64") } }),
  "random:index/randomId:RandomId": () => ({ state: { hex: "0123abcd", dec: "1", b64Url: "abc" } }),
};
