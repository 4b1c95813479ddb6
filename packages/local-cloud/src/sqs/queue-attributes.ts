import { invalidAttribute, invalidParameter, oneEncryption, unknownAttribute } from "./errors.ts";

export type QueueAttributes = Record<string, string>;

/** Attributes that hold a whole number: least, greatest and default value. */
const numbers = {
  VisibilityTimeout: { least: 0, greatest: 43_200, otherwise: 30 },
  DelaySeconds: { least: 0, greatest: 900, otherwise: 0 },
  ReceiveMessageWaitTimeSeconds: { least: 0, greatest: 20, otherwise: 0 },
  MaximumMessageSize: { least: 1_024, greatest: 1_048_576, otherwise: 1_048_576 },
  MessageRetentionPeriod: { least: 60, greatest: 1_209_600, otherwise: 345_600 },
};

const choices: Record<string, { values: string[]; fifoOnly: boolean }> = {
  FifoQueue: { values: ["true", "false"], fifoOnly: true },
  ContentBasedDeduplication: { values: ["true", "false"], fifoOnly: true },
  DeduplicationScope: { values: ["queue", "messageGroup"], fifoOnly: true },
  FifoThroughputLimit: { values: ["perQueue", "perMessageGroupId"], fifoOnly: true },
  SqsManagedSseEnabled: { values: ["true", "false"], fifoOnly: false },
};

/** Kept and given back, without effect on one machine. */
const kept = ["Policy", "KmsMasterKeyId", "KmsDataKeyReusePeriodSeconds"];

const fifoDefaults = {
  FifoQueue: "true",
  ContentBasedDeduplication: "false",
  DeduplicationScope: "queue",
  FifoThroughputLimit: "perQueue",
};

const readOnly = [
  "QueueArn",
  "CreatedTimestamp",
  "LastModifiedTimestamp",
  "ApproximateNumberOfMessages",
  "ApproximateNumberOfMessagesNotVisible",
  "ApproximateNumberOfMessagesDelayed",
];

const settable = new Set([
  ...Object.keys(numbers),
  ...Object.keys(choices),
  ...kept,
  "RedrivePolicy",
  "RedriveAllowPolicy",
]);
const readable = new Set([...settable, ...readOnly, "All"]);

const queueName = /^[A-Za-z0-9_-]{1,80}$/;

/** A queue is FIFO by its name and by the attribute, and AWS wants the two to agree. */
export function checkQueueName(name: string, attributes: QueueAttributes): void {
  const fifo = attributes["FifoQueue"] === "true";
  const stem = fifo && name.endsWith(".fifo") ? name.slice(0, -".fifo".length) : name;
  if (queueName.test(stem) && name.length <= 80 && fifo === name.endsWith(".fifo")) return;
  throw invalidParameter(
    fifo
      ? "The name of a FIFO queue can only include alphanumeric characters, hyphens, or underscores, must end with .fifo suffix and be 1 to 80 in length."
      : "Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length",
  );
}

export function checkAttributes(attributes: QueueAttributes, { fifo }: { fifo: boolean }): void {
  for (const [name, value] of Object.entries(attributes)) {
    if (!settable.has(name)) throw unknownAttribute(name);
    const choice = choices[name];
    if (choice?.fifoOnly && !fifo) throw unknownAttribute(name);
    if (choice && !choice.values.includes(value)) throw invalidAttribute(name);
    for (const [number, { least, greatest }] of Object.entries(numbers)) {
      if (number !== name) continue;
      if (!/^\d+$/.test(value) || Number(value) < least || Number(value) > greatest) throw invalidAttribute(name);
    }
    if (name === "Policy" && value !== "" && !isJsonObject(value)) throw invalidAttribute(name);
    if (name === "KmsDataKeyReusePeriodSeconds" && !(Number(value) >= 60 && Number(value) <= 86_400)) {
      throw invalidAttribute(name);
    }
  }
  if (attributes["KmsMasterKeyId"] && attributes["SqsManagedSseEnabled"] === "true") {
    throw oneEncryption();
  }
}

function isJsonObject(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}

export function checkAttributeNames(names: string[]): void {
  for (const name of names) if (!readable.has(name)) throw unknownAttribute(name);
}

/** What the queue was given, over AWS's defaults. An empty policy or key takes it away. */
export function mergeAttributes(before: QueueAttributes, changes: QueueAttributes): QueueAttributes {
  const merged = { ...before, ...changes };
  for (const name of ["RedrivePolicy", "RedriveAllowPolicy", "Policy", "KmsMasterKeyId"]) {
    if (merged[name] === "") delete merged[name];
  }
  if (merged["KmsMasterKeyId"]) merged["SqsManagedSseEnabled"] = "false";
  return merged;
}

export function defaultAttributes({ fifo }: { fifo: boolean }): QueueAttributes {
  const standard = Object.entries(numbers).map(([name, { otherwise }]) => [name, String(otherwise)]);
  return { ...Object.fromEntries(standard), SqsManagedSseEnabled: "true", ...(fifo && fifoDefaults) };
}

export interface QueueSettings {
  fifo: boolean;
  visibilityTimeoutSeconds: number;
  delaySeconds: number;
  receiveWaitSeconds: number;
  maximumMessageBytes: number;
  retentionSeconds: number;
  contentBasedDeduplication: boolean;
  deduplicatePerGroup: boolean;
}

export function readSettings(attributes: QueueAttributes): QueueSettings {
  const whole = (name: keyof typeof numbers) => Number(attributes[name] ?? numbers[name].otherwise);
  return {
    fifo: attributes["FifoQueue"] === "true",
    visibilityTimeoutSeconds: whole("VisibilityTimeout"),
    delaySeconds: whole("DelaySeconds"),
    receiveWaitSeconds: whole("ReceiveMessageWaitTimeSeconds"),
    maximumMessageBytes: whole("MaximumMessageSize"),
    retentionSeconds: whole("MessageRetentionPeriod"),
    contentBasedDeduplication: attributes["ContentBasedDeduplication"] === "true",
    deduplicatePerGroup: attributes["DeduplicationScope"] === "messageGroup",
  };
}
