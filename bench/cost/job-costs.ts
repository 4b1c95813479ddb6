import type { EvaluatedFunction } from "../../infra/synth/graph.ts";
import { assumptions } from "./assumptions.ts";
import type { Line } from "./bill.ts";
import type { PriceName } from "./prices.ts";
import type { Tally } from "./tally.ts";

/** What was counted of a job, or of one run of a scheduled function. */
export interface Usage {
  tally: Tally;
  logBytes: number;
  /** Commands to Redis. */
  commands: number;
}

export interface System {
  /** By the last part of their names, such as `intake-http`. */
  functions: ReadonlyMap<string, EvaluatedFunction>;
  /** Those behind a route. */
  routed: ReadonlySet<string>;
  retentionDays: number;
}

const gigabyte = 1_000_000_000;
const secondsPerDay = 86_400;

/** `vsl-local-intake-http` here is `vsl-prod-intake-http` there. */
export const shortName = (functionName: string) => functionName.split("-").slice(2).join("-");

/** What so many jobs a day cost in a month, over what stands there anyway. */
export function jobCosts(usage: Usage, jobsPerDay: number, system: System): Line[] {
  const jobs = jobsPerDay * assumptions.daysPerMonth;
  const { tally } = usage;
  const perJob = (group: string, item: string, price: PriceName, each: number): Line => ({
    ...{ group, item, price, quantity: each * jobs },
    kind: "per job",
  });
  const media = (item: string, price: PriceName, quantity: number): Line => ({
    ...{ group: "Media", item, price, quantity },
    kind: "media",
  });
  const tracesPerDay = traced(jobsPerDay * requestsOf(tally, system, (name) => beginsTraces(name, system)));
  const mediaGb = (jobs * assumptions.mediaBytesPerJob) / gigabyte;
  return [
    ...operations(usage, system).map(({ group, item, price, quantity }) => perJob(group, item, price, quantity)),
    perJob("CloudWatch", "traces", "trace", tracesPerDay / jobsPerDay),
    perJob("EventBridge", "archived", "archivedGb", tally.eventBytes / gigabyte),
    // As it stands when nothing more is added than leaves.
    perJob("EventBridge", "archive", "archiveGbMonth", archiveGbMonths(tally.eventBytes, system.retentionDays)),
    perJob("DynamoDB", "a month's items", "tableGbMonth", assumptions.tableBytesPerJob / gigabyte),
    perJob("DynamoDB", "their recovery", "tableBackupGbMonth", assumptions.tableBytesPerJob / gigabyte),
    media("a month's files, on average", "s3GbMonth", mediaGb / 2),
    media("downloads", "egressGb", mediaGb * assumptions.downloadsPerJob),
  ];
}

const archiveGbMonths = (bytesPerJob: number, retentionDays: number) =>
  (bytesPerJob / gigabyte) * (retentionDays / assumptions.daysPerMonth);

/** What the schedules cost by running, whether they find something or not. */
export function scheduleCosts(runs: readonly { usage: Usage; perMonth: number }[], system: System): Line[] {
  return runs.flatMap(({ usage, perMonth }) => {
    const times = (line: Pick<Line, "group" | "item" | "price" | "quantity">): Line => ({
      ...line,
      quantity: line.quantity * perMonth,
      kind: "standing",
    });
    return [
      times({ group: "Schedules", item: "invocations", price: "scheduledInvocation", quantity: 1 }),
      times({ group: "CloudWatch", item: "traces of schedules", price: "trace", quantity: tracesOf(usage, system) }),
      ...operations(usage, system).map(times),
    ];
  });
}

function operations({ tally, logBytes, commands }: Usage, system: System) {
  const invocations = [...tally.invocations].map(([name, { count }]) => ({ name: shortName(name), count }));
  const sumOf = (each: (invocation: { name: string; count: number }) => number) =>
    invocations.reduce((sum, invocation) => sum + each(invocation), 0);
  const requests = requestsOf(tally, system);
  const { platformLogBytes } = assumptions;
  const lambdasBytes = sumOf(({ name, count }) => (isSilent(name, system) ? 0 : count * platformLogBytes.invocation));
  const allLogBytes = logBytes + lambdasBytes + requests * platformLogBytes.request;
  const line = (group: string, item: string, price: PriceName, quantity: number) => ({ group, item, price, quantity });
  return [
    line("HTTP API", "requests", "apiRequest", requests),
    line(
      "Lambda",
      "invocations",
      "lambdaRequest",
      sumOf(({ count }) => count),
    ),
    line(
      "Lambda",
      "GB-seconds",
      "lambdaGbSecond",
      sumOf(({ name, count }) => count * gbSecondsOf(name, system)),
    ),
    line("EventBridge", "events", "event", tally.events),
    line("SQS", "requests", "sqsRequest", tally.sqsSends + tally.sqsOthers),
    line("DynamoDB", "write units", "writeUnit", tally.writeUnits),
    line("DynamoDB", "read units", "readUnit", tally.readUnits),
    line("S3", "puts and lists", "s3Put", tally.s3Puts + tally.s3Lists),
    line("S3", "reads", "s3Get", tally.s3Reads),
    line("Valkey", "commands", "cacheUnit", commands),
    line("CloudWatch", "PutMetricData", "metricCall", tally.metricCalls),
    line("CloudWatch", "logs", "logGb", allLogBytes / gigabyte),
  ];
}

function requestsOf(
  { invocations }: Tally,
  { routed }: System,
  matters: (name: string) => boolean = () => true,
): number {
  return [...invocations].reduce((sum, [fullName, { count }]) => {
    const name = shortName(fullName);
    return sum + (routed.has(name) && matters(name) ? count : 0);
  }, 0);
}

const tracesOf = ({ tally }: Usage, system: System) =>
  [...tally.invocations.keys()].filter((name) => beginsTraces(shortName(name), system)).length;

function functionOf(name: string, { functions }: System): EvaluatedFunction {
  const fn = functions.get(name);
  if (!fn) throw new Error(`the graph has no function ${name}`);
  return fn;
}

const isSilent = (name: string, system: System) =>
  Object(functionOf(name, system).inputs["loggingConfig"])["systemLogLevel"] === "WARN";

/** Schedules and links to media begin no trace. */
const beginsTraces = (name: string, system: System) =>
  Object(functionOf(name, system).inputs["tracingConfig"])["mode"] === "Active";

function gbSecondsOf(name: string, system: System): number {
  const fn = functionOf(name, system);
  const { billedMs, otherBilledMs, coldStarts } = assumptions;
  const ms = (billedMs[name] ?? otherBilledMs) + coldStarts.share * coldStarts.ms;
  return (ms / 1000) * (Number(fn.inputs["memorySize"]) / 1024);
}

/** Of so many requests a day, evenly spread. */
function traced(requestsPerDay: number): number {
  const { perSecond, shareOfOthers } = assumptions.traced;
  const always = Math.min(requestsPerDay, perSecond * secondsPerDay);
  return always + (requestsPerDay - always) * shareOfOthers;
}
