import { parseTopology, type Topology } from "@vsl/local-cloud/topology";
import type { EvaluatedFunction, EvaluatedResource, Graph } from "./graph.ts";

type Json = Record<string, unknown>;
type Input = { [K in keyof Topology]: unknown };

/** Reads from an evaluated app what local-cloud boots. */
export function topologyOf(graph: Graph): Topology {
  const functions = graph.functions();
  const input: Input = {
    app: graph.app.name,
    stage: graph.app.stage,
    region: "us-east-1",
    account: "000000000000",
    buses: graph.all("EventBus").map(({ inputs }) => ({ name: inputs["name"] })),
    archives: graph.all("EventArchive").map(({ inputs }) => ({
      name: inputs["name"],
      bus: lastPart(inputs["eventSourceArn"]),
      retentionDays: inputs["retentionDays"] ?? 0,
      pattern: inputs["eventPattern"] ? parse(inputs["eventPattern"]) : null,
    })),
    queues: graph.all("Queue").map(queueOf),
    rules: graph.all("EventRule").map((rule) => ruleOf(rule, graph)),
    tables: graph.all("Table").map(tableOf),
    buckets: graph.all("Bucket").map(({ inputs }) => bucketOf(String(inputs["bucket"]), graph)),
    functions: functions.map((fn) => functionOf(fn, graph)),
    routes: graph
      .all("Route")
      .filter(({ type }) => type.includes("apigatewayv2"))
      .map((route) => routeOf(route, graph)),
    cors: corsOf(graph),
    eventSources: graph.all("EventSourceMapping").map(eventSourceOf),
    schedules: graph.all("Schedule").map(scheduleOf),
    invocations: graph.all("Invocation").map(({ inputs }) => ({ function: inputs["functionName"] })),
  };
  return parseTopology(sorted(input));
}

const text = (value: unknown) => String(value);
const parse = (json: unknown): Json => JSON.parse(text(json));
const lastPart = (arn: unknown) => text(arn).split(/[:/]/).at(-1);
const object = (value: unknown) => (value ?? {}) as Json;
const array = (value: unknown) => (value ?? []) as Json[];

function queueOf({ inputs }: EvaluatedResource) {
  const redrive = inputs["redrivePolicy"] ? parse(inputs["redrivePolicy"]) : null;
  return {
    name: inputs["name"],
    fifo: inputs["fifoQueue"] ?? false,
    contentBasedDeduplication: inputs["contentBasedDeduplication"] ?? false,
    visibilityTimeoutSeconds: inputs["visibilityTimeoutSeconds"] ?? 30,
    messageRetentionSeconds: inputs["messageRetentionSeconds"] ?? 345_600,
    delaySeconds: inputs["delaySeconds"] ?? 0,
    redrive: redrive && {
      deadLetterQueue: lastPart(redrive["deadLetterTargetArn"]),
      maxReceiveCount: Number(redrive["maxReceiveCount"]),
    },
  };
}

function ruleOf({ inputs }: EvaluatedResource, graph: Graph) {
  const targets = graph
    .all("EventTarget")
    .filter(
      (target) => target.inputs["rule"] === inputs["name"] && target.inputs["eventBusName"] === inputs["eventBusName"],
    );
  return {
    name: inputs["name"],
    bus: inputs["eventBusName"],
    pattern: parse(inputs["eventPattern"]),
    targets: targets.map((target) => {
      const retry = object(target.inputs["retryPolicy"]);
      return {
        id: target.inputs["targetId"] ?? target.name,
        arn: target.inputs["arn"],
        deadLetterQueueArn: object(target.inputs["deadLetterConfig"])["arn"] ?? null,
        maximumRetryAttempts: retry["maximumRetryAttempts"] ?? 185,
        maximumEventAgeInSeconds: retry["maximumEventAgeInSeconds"] ?? 86_400,
      };
    }),
  };
}

function tableOf({ inputs }: EvaluatedResource) {
  const ttl = object(inputs["ttl"]);
  return {
    name: inputs["name"],
    attributes: Object.fromEntries(array(inputs["attributes"]).map(({ name, type }) => [text(name), type])),
    hashKey: inputs["hashKey"],
    rangeKey: inputs["rangeKey"] ?? null,
    globalIndexes: array(inputs["globalSecondaryIndexes"]).map((index) => ({
      name: index["name"],
      hashKey: index["hashKey"],
      rangeKey: index["rangeKey"] ?? null,
      projection: index["projectionType"],
    })),
    ttlAttribute: ttl["enabled"] ? ttl["attributeName"] : null,
  };
}

function bucketOf(name: string, graph: Graph) {
  const rules = graph
    .all("BucketLifecycleConfiguration")
    .filter(({ inputs }) => inputs["bucket"] === name)
    .flatMap(({ inputs }) => array(inputs["rules"]))
    // One machine has one class of storage: nothing to move media to.
    .filter((rule) => rule["expiration"] || rule["abortIncompleteMultipartUpload"]);
  return {
    name,
    lifecycle: rules.map((rule) => ({
      id: rule["id"],
      prefix: object(rule["filter"])["prefix"] ?? "",
      expirationDays: object(rule["expiration"])["days"] ?? null,
      abortIncompleteMultipartUploadDays: object(rule["abortIncompleteMultipartUpload"])["daysAfterInitiation"] ?? null,
    })),
  };
}

function functionOf(fn: EvaluatedFunction, graph: Graph) {
  const environment = object(object(fn.inputs["environment"])["variables"]);
  const own = Object.entries(environment).filter(([name]) => !/^(SST_|AWS_|NODE_OPTIONS$)/.test(name));
  return {
    name: fn.name,
    service: fn.handler.split("/").slice(0, -2).at(-1) ?? "app",
    handler: fn.handler,
    timeoutSeconds: fn.inputs["timeout"],
    memoryMegabytes: fn.inputs["memorySize"],
    reservedConcurrency: positive(fn.inputs["reservedConcurrentExecutions"]),
    environment: Object.fromEntries(own),
    asynchronousInvocation: asynchronousInvocationOf(fn, graph),
    links: Object.fromEntries(Object.entries(fn.links).map(([name, link]) => [name, typed(link, graph)])),
    permissions: fn.statements,
  };
}

const positive = (value: unknown) => (typeof value === "number" && value > 0 ? value : null);

/** SST has no component for a serverless cache: a link over its address is a Redis all the same. */
function typed(link: Json, graph: Graph): Json {
  const isCache = graph
    .all("ServerlessCache")
    .some(({ inputs }) => text(link["host"]).startsWith(`${inputs["name"]}.`));
  return isCache ? { ...link, type: "sst.aws.Redis" } : link;
}

/** The function behind a route is the one whose ARN its integration names. */
function routeOf({ inputs }: EvaluatedResource, graph: Graph) {
  const integrationId = text(inputs["target"]).replace("integrations/", "");
  const integration = graph.all("Integration").find(({ id }) => id === integrationId);
  return { routeKey: inputs["routeKey"], function: lastPart(integration?.inputs["integrationUri"]) };
}

function eventSourceOf({ inputs }: EvaluatedResource) {
  return {
    queue: lastPart(inputs["eventSourceArn"]),
    function: lastPart(inputs["functionName"]),
    batchSize: inputs["batchSize"] ?? 10,
    maximumBatchingWindowSeconds: inputs["maximumBatchingWindowInSeconds"] ?? 0,
    maximumConcurrency: object(inputs["scalingConfig"])["maximumConcurrency"] ?? null,
    reportBatchItemFailures: ((inputs["functionResponseTypes"] ?? []) as string[]).includes("ReportBatchItemFailures"),
  };
}

function asynchronousInvocationOf({ name, inputs }: EvaluatedFunction, graph: Graph) {
  const config = graph.all("FunctionEventInvokeConfig").find((each) => lastPart(each.inputs["functionName"]) === name);
  const destinations = object(config?.inputs["destinationConfig"]);
  return {
    maximumRetryAttempts: config?.inputs["maximumRetryAttempts"] ?? 2,
    maximumEventAgeInSeconds: config?.inputs["maximumEventAgeInSeconds"] ?? 21_600,
    onSuccessArn: object(destinations["onSuccess"])["destination"] ?? null,
    onFailureArn: object(destinations["onFailure"])["destination"] ?? null,
    deadLetterQueueArn: object(inputs["deadLetterConfig"])["targetArn"] ?? null,
  };
}

/** One HTTP API is all that a topology holds. */
function corsOf(graph: Graph) {
  const apis = graph.all("Api").filter(({ type }) => type.includes("apigatewayv2"));
  const cors = object(apis[0]?.inputs["corsConfiguration"]);
  if (Object.keys(cors).length === 0) return null;
  const { maxAge, ...lists } = cors;
  return { ...lists, maxAgeSeconds: maxAge ?? null };
}

function scheduleOf({ name, inputs }: EvaluatedResource) {
  const target = object(inputs["target"]);
  const retryPolicy = object(target["retryPolicy"]);
  return {
    name: inputs["name"] ?? name,
    expression: inputs["scheduleExpression"],
    timezone: inputs["scheduleExpressionTimezone"] ?? "UTC",
    enabled: inputs["state"] !== "DISABLED",
    function: lastPart(target["arn"]),
    input: target["input"] ?? null,
    maximumRetryAttempts: retryPolicy["maximumRetryAttempts"] ?? 185,
    maximumEventAgeInSeconds: retryPolicy["maximumEventAgeInSeconds"] ?? 86_400,
    deadLetterQueueArn: object(target["deadLetterConfig"])["arn"] ?? null,
  };
}

/** Lists by name, so that the file changes only where the app does. */
function sorted(input: Input): Input {
  const key = (entry: Json) =>
    JSON.stringify([entry["name"] ?? entry["routeKey"] ?? entry["queue"] ?? entry["function"]]);
  return Object.fromEntries(
    Object.entries(input).map(([name, value]) => [
      name,
      Array.isArray(value) && name !== "invocations"
        ? value.toSorted((a: Json, b: Json) => (key(a) < key(b) ? -1 : 1))
        : value,
    ]),
  ) as Input;
}
