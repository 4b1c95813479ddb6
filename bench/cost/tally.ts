import type { ObservedCall } from "@vsl/local-cloud";
import { z } from "zod";

/** What AWS would bill of the calls that were seen. */
export interface Tally {
  /** Of at most 64 KB each, as EventBridge counts them. */
  events: number;
  eventBytes: number;
  writeUnits: number;
  readUnits: number;
  scans: number;
  /** One for each message: EventBridge sends each by itself. */
  sqsSends: number;
  /** Receives that brought messages, deletes, and changes of visibility. */
  sqsOthers: number;
  sqsEmptyReceives: number;
  s3Puts: number;
  /** Billed as puts are. */
  s3Lists: number;
  s3Reads: number;
  metricCalls: number;
  /** Metrics by name and dimensions. */
  metrics: Set<string>;
  /** How many, and their milliseconds together, by function. */
  invocations: Map<string, { count: number; ms: number }>;
  failures: string[];
}

export const emptyTally = (): Tally => ({
  events: 0,
  eventBytes: 0,
  writeUnits: 0,
  readUnits: 0,
  scans: 0,
  sqsSends: 0,
  sqsOthers: 0,
  sqsEmptyReceives: 0,
  s3Puts: 0,
  s3Lists: 0,
  s3Reads: 0,
  metricCalls: 0,
  metrics: new Set(),
  invocations: new Map(),
  failures: [],
});

const bytesPerEvent = 65_536;
const capacity = z.object({ CapacityUnits: z.number() });
const consumed = z.object({ ConsumedCapacity: z.union([capacity, z.array(capacity)]).optional() });
const entries = z.object({ Entries: z.array(z.looseObject({})) });
const published = z.object({
  Entries: z.array(z.object({ Source: z.string(), DetailType: z.string(), Detail: z.string() })),
});
const received = z.object({ Messages: z.array(z.unknown()).default([]) });
const metricData = z.object({
  MetricData: z.array(z.object({ MetricName: z.string(), Dimensions: z.array(z.unknown()).default([]) })),
});

/** What each of so many jobs had of it. */
export function shareOf(tally: Tally, jobs: number): Tally {
  const shares = Object.entries(tally).flatMap(([name, value]) =>
    typeof value === "number" ? [[name, value / jobs] as const] : [],
  );
  const invocations = [...tally.invocations].map(
    ([name, { count: all, ms }]) => [name, { count: all / jobs, ms: ms / jobs }] as const,
  );
  return { ...tally, ...Object.fromEntries(shares), invocations: new Map(invocations) };
}

/** Counts one call in. */
export function count(tally: Tally, call: ObservedCall): void {
  if (call.service === "Lambda" && "durationMs" in call) {
    const { count: before, ms } = tally.invocations.get(call.functionName) ?? { count: 0, ms: 0 };
    tally.invocations.set(call.functionName, { count: before + 1, ms: ms + call.durationMs });
    if (call.outcome !== "returned") tally.failures.push(`${call.functionName} ${call.outcome}`);
  } else if (call.service === "S3" && "method" in call) {
    if (call.method === "PUT" || call.method === "POST") tally.s3Puts++;
    else if (call.url.includes("list-type=")) tally.s3Lists++;
    else if (call.method !== "DELETE") tally.s3Reads++;
  } else if ("operation" in call) countOperation(tally, call);
}

type Operation = Extract<ObservedCall, { operation: string }>;

function countOperation(tally: Tally, call: Operation): void {
  const { service, operation, input } = call;
  if (service === "AWSEvents" && operation === "PutEvents") {
    const sizes = published
      .parse(input)
      .Entries.map(({ Source, DetailType, Detail }) => Buffer.byteLength(Source + DetailType + Detail));
    for (const bytes of sizes) {
      tally.events += Math.max(1, Math.ceil(bytes / bytesPerEvent));
      tally.eventBytes += bytes;
    }
  } else if (service === "AmazonSQS") countQueueCall(tally, call);
  else if (service.startsWith("DynamoDB_")) countTableCall(tally, call);
  else if (operation === "PutMetricData") {
    tally.metricCalls++;
    for (const metric of metricData.parse(input).MetricData) {
      tally.metrics.add(JSON.stringify([metric.MetricName, metric.Dimensions]));
    }
  }
}

function countQueueCall(tally: Tally, { operation, input, output }: Operation): void {
  if (operation === "SendMessage") tally.sqsSends++;
  else if (operation === "SendMessageBatch") tally.sqsSends += entries.parse(input).Entries.length;
  else if (operation === "ReceiveMessage") {
    if (output !== undefined && received.parse(output).Messages.length > 0) tally.sqsOthers++;
    else tally.sqsEmptyReceives++;
  } else if (/^(Delete|ChangeMessageVisibility)/.test(operation)) tally.sqsOthers++;
}

const writes = /^(Put|Update|Delete|BatchWrite|TransactWrite)Items?$/;

function countTableCall(tally: Tally, { operation, output, error }: Operation): void {
  if (operation === "Scan") tally.scans++;
  // A condition that fails is billed as the write that it would have been; DynamoDB does not say how much.
  const refused = error instanceof Error && /^(ConditionalCheckFailed|TransactionCanceled)/.test(error.name) ? 1 : 0;
  const reported = consumed.safeParse(output).data?.ConsumedCapacity ?? [];
  const units = [reported].flat().reduce((sum, { CapacityUnits }) => sum + CapacityUnits, refused);
  if (writes.test(operation)) tally.writeUnits += units;
  else tally.readUnits += units;
}
