import type { Graph } from "../synth/graph.ts";
import { each, isKeptStage, lastPart, list, object, type Rule, text } from "./rule.ts";

/** Said once in `defaults.ts`. In `sst dev` a function is a bridge to the developer's machine, so it is not for dev. */
export const functionsFollowDefaults: Rule = (graph) =>
  graph
    .functions()
    .flatMap(({ name, inputs }) =>
      [
        !list(inputs["architectures"]).includes("arm64") && `${name} runs on x86: arm64 costs a fifth less`,
        inputs["runtime"] !== "nodejs24.x" && `${name} runs on ${text(inputs["runtime"])}, not on Node 24`,
        object(inputs["loggingConfig"])["logFormat"] !== "JSON" &&
          `${name} does not log JSON: no query or filter reads it`,
        object(inputs["tracingConfig"])["mode"] !== (mayBeginTraces(graph, name) ? "Active" : "PassThrough") &&
          `${name} is not traced as it should be`,
      ].filter((breach) => breach !== false),
    );

/** Not what runs by the clock, nor links to media: no job is followed through them, and each trace is billed. */
const mayBeginTraces = (graph: Graph, name: string) =>
  !name.endsWith("-storage-http") &&
  !graph.all("Schedule").some(({ inputs }) => lastPart(object(inputs["target"])["arn"]) === name);

export const logsEnd: Rule = (graph) =>
  each(graph, "LogGroup", ({ name, inputs }) => [
    !(Number(inputs["retentionInDays"]) > 0) && `${name} keeps its logs, and bills for them, for ever`,
  ]);

/** The network has no way out over IPv4. */
export const networkedFunctionsLeaveByIpv6: Rule = (graph) =>
  graph
    .functions()
    .filter(({ inputs }) => inputs["vpcConfig"])
    .flatMap(({ name, inputs }) => {
      const { AWS_USE_DUALSTACK_ENDPOINT, NODE_OPTIONS } = object(object(inputs["environment"])["variables"]);
      return [
        object(inputs["vpcConfig"])["ipv6AllowedForDualStack"] !== true &&
          `${name} cannot leave the network: IPv6 is off`,
        AWS_USE_DUALSTACK_ENDPOINT !== "true" && `${name} calls AWS's IPv4 endpoints, which it cannot reach`,
        !text(NODE_OPTIONS).includes("ipv6first") && `${name} tries IPv4 first, and waits in vain`,
      ].filter((breach) => breach !== false);
    });

const flooded = ["intake-http", "bridge-webhook", "bridge-events", "storage-http"];

/** What the outside can call, and what calls Replicate, has a ceiling and a share of its own. */
export const floodsAreConfined: Rule = (graph) =>
  isKeptStage(graph)
    ? graph
        .functions()
        .filter(({ name }) => flooded.includes(name.slice(`vsl-${graph.app.stage}-`.length)))
        .filter(({ inputs }) => !(Number(inputs["reservedConcurrentExecutions"]) > 0))
        .map(({ name }) => `${name} has no reserved concurrency: a flood of it starves the rest of the account`)
    : [];

/** Lambda's console shows environment variables to whoever may look: links are encrypted, so secrets travel in those. */
export const noSecretInPlain =
  (values: readonly string[]): Rule =>
  (graph) =>
    [
      ...graph.functions().map(({ name, inputs }) => ({ name, shown: JSON.stringify(inputs["environment"]) })),
      ...graph
        .all("Parameter")
        .filter(({ inputs }) => inputs["type"] !== "SecureString")
        .map(({ name, inputs }) => ({ name, shown: text(inputs["value"]) })),
    ]
      .filter(({ shown }) => values.some((value) => shown.includes(value)))
      .map(({ name }) => `${name} shows a secret in clear`);
