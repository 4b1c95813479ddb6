import { each, nameOf, object, type Rule, text } from "./rule.ts";

const byTheHour: Record<string, string> = {
  NatGateway: "a NAT gateway costs $33 a month: the network leaves by IPv6",
  Eip: "a public IPv4 address costs $4 a month",
  RestApi: "a REST API costs 3.5 times an HTTP API",
  LoadBalancer: "a load balancer costs $16 a month",
  PrivateDnsNamespace: "a private DNS zone is of no use here",
};

export const nothingIdlesForMoney: Rule = (graph) => [
  ...Object.entries(byTheHour).flatMap(([kind, why]) => graph.all(kind).map(({ name }) => `${name}: ${why}`)),
  ...each(graph, "VpcEndpoint", ({ name, inputs }) => [
    inputs["vpcEndpointType"] === "Interface" && `${name}: an interface endpoint costs $7 a month and zone`,
  ]),
];

export const apiIsThrottled: Rule = (graph) =>
  graph
    .all("Stage")
    .filter(({ type }) => type.includes("apigatewayv2"))
    .flatMap((stage) => {
      const settings = object(stage.inputs["defaultRouteSettings"]);
      return [
        !(Number(settings["throttlingRateLimit"]) > 0) && `the API ${nameOf(stage)} is not throttled`,
        settings["detailedMetricsEnabled"] === true && "metrics by route are billed each; those of the stage are free",
      ].filter((breach) => breach !== false);
    });

const instances = /^db\.t4g\.micro$/;

export const databasesAreSmall: Rule = (graph) =>
  graph
    .all("Instance")
    .filter(({ type, inputs }) => type.startsWith("aws:rds/") && !instances.test(text(inputs["instanceClass"])))
    .map(
      ({ name, inputs }) => `${name} is a ${text(inputs["instanceClass"])}: the bill is reckoned with a db.t4g.micro`,
    );

/** For `sst dev`: only what costs nothing while nobody calls it. */
export const nothingCostsByTheHour: Rule = (graph) => {
  const dear = [
    "Instance",
    "ServerlessCache",
    "Vpc",
    "VpcEndpoint",
    "NatGateway",
    "MetricAlarm",
    "Dashboard",
    "Secret",
  ];
  return dear
    .flatMap((kind) => graph.all(kind))
    .filter(({ type }) => type.startsWith("aws:"))
    .map(({ type, name }) => `sst dev makes ${name} (${type}), which costs by the hour`);
};

/** For `sst dev`: a function in a network could not reach the developer's machine. */
export const nobodyIsInANetwork: Rule = (graph) =>
  graph
    .functions()
    .filter(({ inputs }) => inputs["vpcConfig"])
    .map(({ name }) => `${name} is in a network, from which sst dev cannot be reached`);
