import type { EvaluatedResource, Graph } from "../../infra/synth/graph.ts";
import type { Line } from "./bill.ts";

const hoursPerMonth = 730;
const secondsPerMonth = hoursPerMonth * 3600;
/** Valkey Serverless bills no less, however little it holds. */
const leastCacheGb = 0.1;
/**
 * Lambda polls a queue with five long polls of 20 seconds also when nothing comes, and each is a request. Source:
 * docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html (five at first), SQS's longest wait.
 */
const idlePolls = { atOnce: 5, seconds: 20 };

type Cost = (resource: EvaluatedResource, graphs: readonly Graph[]) => Line[];

const monthly = (group: string, item: string, price: Line["price"], quantity: number): Line => ({
  ...{ group, item, price, quantity },
  kind: "standing",
});
const number = (value: unknown) => Number(value ?? 0);

/** What a resource costs by being there, by the end of its type. One that is not named here stops the computation. */
const costs: Record<string, Cost> = {
  "rds/instance:Instance": ({ inputs }) => {
    if (inputs["instanceClass"] !== "db.t4g.micro" || inputs["multiAz"] === true) {
      throw new Error(`there is no price for a Postgres on ${inputs["instanceClass"]}: add it to prices.ts`);
    }
    return [
      monthly("Postgres", "db.t4g.micro", "postgresMicroHour", hoursPerMonth),
      monthly("Postgres", "storage", "postgresGbMonth", number(inputs["allocatedStorage"])),
    ];
  },
  "elasticache/serverlessCache:ServerlessCache": () => [
    monthly("Valkey", "the least it holds", "cacheGbHour", leastCacheGb * hoursPerMonth),
  ],
  "secretsmanager/secret:Secret": () => [monthly("Secrets", "secrets", "secretMonth", 1)],
  "cloudwatch/metricAlarm:MetricAlarm": () => [monthly("CloudWatch", "alarms", "alarmMonth", 1)],
  "cloudwatch/dashboard:Dashboard": () => [monthly("CloudWatch", "dashboards", "dashboardMonth", 1)],
  "lambda/eventSourceMapping:EventSourceMapping": () => [
    monthly("SQS", "polls of empty queues", "sqsRequest", (idlePolls.atOnce * secondsPerMonth) / idlePolls.seconds),
  ],
  "ec2/natGateway:NatGateway": () => [monthly("Network", "NAT gateways", "natHour", hoursPerMonth)],
  "ec2/eip:Eip": () => [monthly("Network", "public addresses", "addressHour", hoursPerMonth)],
  "ec2/vpcEndpoint:VpcEndpoint": ({ inputs }) =>
    inputs["vpcEndpointType"] === "Interface"
      ? [
          monthly(
            "Network",
            "interface endpoints",
            "endpointHour",
            hoursPerMonth * Math.max(1, [inputs["subnetIds"] ?? []].flat().length),
          ),
        ]
      : [],
};

/** Free of charge as long as nothing is done with them. */
const free = new RegExp(
  `^(random:.*|aws:(${[
    "sns/topic:Topic",
    "cloudwatch/(eventBus:EventBus|eventRule:EventRule|eventTarget:EventTarget|eventArchive:EventArchive)",
    "cloudwatch/(logGroup:LogGroup|queryDefinition:QueryDefinition|logMetricFilter:LogMetricFilter)",
    "ec2/(vpc|subnet|routeTable|routeTableAssociation|securityGroup|egressOnlyInternetGateway|internetGateway):.*",
    "apigatewayv2/.*",
    "rds/(parameterGroup|subnetGroup):.*",
    "ssm/parameter:Parameter",
    "secretsmanager/secretVersion:SecretVersion",
    "dynamodb/table:Table",
    "sqs/.*",
    "iam/.*",
    "lambda/(function|permission|invocation|functionEventInvokeConfig):.*",
    "scheduler/schedule:Schedule",
    "s3/.*",
  ].join("|")}))$`,
);

/** The bill of a month in which nothing is asked for. */
export function standingCosts(graphs: readonly Graph[]): Line[] {
  return graphs.flatMap(({ resources }) =>
    resources
      .filter(({ custom, read }) => custom && !read)
      .flatMap((resource) => {
        const cost = costs[resource.type.replace(/^aws:/, "")];
        if (cost) return cost(resource, graphs);
        if (free.test(resource.type)) return [];
        throw new Error(`nobody has said what ${resource.type} (${resource.name}) costs: add it to standing-costs.ts`);
      }),
  );
}
