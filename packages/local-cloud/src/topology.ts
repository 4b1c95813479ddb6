import { z } from "zod";

/**
 * What an SST app consists of, as `npm run synth` reads it from `sst.config.ts`. Names are physical names, ARNs are AWS's,
 * durations are seconds: nothing here is said a second time elsewhere.
 */
const arn = z.string().startsWith("arn:");

const queue = z.object({
  name: z.string(),
  fifo: z.boolean().default(false),
  contentBasedDeduplication: z.boolean().default(false),
  visibilityTimeoutSeconds: z.number().int(),
  messageRetentionSeconds: z.number().int(),
  delaySeconds: z.number().int().default(0),
  redrive: z.object({ deadLetterQueue: z.string(), maxReceiveCount: z.number().int().positive() }).nullable(),
});

const target = z.object({
  id: z.string(),
  /** An SQS queue, a function or another bus. */
  arn,
  deadLetterQueueArn: arn.nullable(),
  maximumRetryAttempts: z.number().int().default(185),
  maximumEventAgeInSeconds: z.number().int().default(86_400),
});

const rule = z.object({
  name: z.string(),
  bus: z.string(),
  /** An EventBridge event pattern. */
  pattern: z.record(z.string(), z.unknown()),
  targets: z.array(target),
});

const table = z.object({
  name: z.string(),
  attributes: z.record(z.string(), z.enum(["S", "N", "B"])),
  hashKey: z.string(),
  rangeKey: z.string().nullable(),
  globalIndexes: z.array(
    z.object({
      name: z.string(),
      hashKey: z.string(),
      rangeKey: z.string().nullable(),
      projection: z.enum(["ALL", "KEYS_ONLY"]),
    }),
  ),
  /** Attribute that holds the expiry in epoch seconds. */
  ttlAttribute: z.string().nullable(),
});

const bucket = z.object({
  name: z.string(),
  lifecycle: z.array(
    z.object({
      id: z.string(),
      prefix: z.string().default(""),
      expirationDays: z.number().int().nullable(),
      abortIncompleteMultipartUploadDays: z.number().int().nullable(),
    }),
  ),
});

/** What becomes of events that nobody waits for: Lambda's asynchronous invocations. */
const asynchronousInvocation = z.object({
  maximumRetryAttempts: z.number().int().min(0).max(2).default(2),
  maximumEventAgeInSeconds: z.number().int().min(60).max(21_600).default(21_600),
  /** A queue, a function or a bus. */
  onSuccessArn: arn.nullable().default(null),
  onFailureArn: arn.nullable().default(null),
  /** The function's own dead-letter queue, which gets the bare event. */
  deadLetterQueueArn: arn.nullable().default(null),
});

const fn = z.object({
  name: z.string(),
  /** Functions of one service share a process, so that a crash takes one service down and no other. */
  service: z.string(),
  /** Module without its extension, a dot, and the export: `services/intake/src/http.handler`. */
  handler: z.string(),
  timeoutSeconds: z.number().int().positive(),
  memoryMegabytes: z.number().int().positive(),
  reservedConcurrency: z.number().int().nullable(),
  environment: z.record(z.string(), z.string()),
  /** What `Resource.<name>` holds, with SST's `type` inside; local values are put over it at boot. */
  links: z.record(z.string(), z.record(z.string(), z.unknown())),
  asynchronousInvocation: asynchronousInvocation.prefault({}),
  /** IAM statements of the function's role. */
  permissions: z.array(
    z.object({
      /** Allow unless it says otherwise. */
      effect: z.enum(["Allow", "Deny"]).optional(),
      actions: z.array(z.string()),
      resources: z.array(z.string()),
      conditions: z.unknown().optional(),
    }),
  ),
});

const route = z.object({
  /** As in API Gateway: `GET /status/{jobId}`. */
  routeKey: z.string(),
  function: z.string(),
});

const eventSource = z.object({
  queue: z.string(),
  function: z.string(),
  batchSize: z.number().int().positive(),
  maximumBatchingWindowSeconds: z.number().int().default(0),
  maximumConcurrency: z.number().int().nullable(),
  reportBatchItemFailures: z.boolean(),
});

const schedule = z.object({
  name: z.string(),
  /** As in EventBridge Scheduler: `rate(1 minute)`. */
  expression: z.string(),
  timezone: z.string().default("UTC"),
  enabled: z.boolean().default(true),
  function: z.string(),
  /** The JSON that the function is given; null has Scheduler make an event of its own. */
  input: z.string().nullable().default(null),
  maximumRetryAttempts: z.number().int().default(185),
  maximumEventAgeInSeconds: z.number().int().default(86_400),
  deadLetterQueueArn: arn.nullable().default(null),
});

/** As API Gateway is told it; empty lists say nothing. */
const cors = z.object({
  allowOrigins: z.array(z.string()).default([]),
  allowMethods: z.array(z.string()).default([]),
  allowHeaders: z.array(z.string()).default([]),
  exposeHeaders: z.array(z.string()).default([]),
  allowCredentials: z.boolean().default(false),
  maxAgeSeconds: z.number().int().nullable().default(null),
});

export const topologySchema = z.object({
  app: z.string(),
  stage: z.string(),
  region: z.string(),
  account: z.string(),
  buses: z.array(z.object({ name: z.string() })),
  archives: z.array(
    z.object({
      name: z.string(),
      bus: z.string(),
      /** 0 keeps for ever. */
      retentionDays: z.number().int(),
      pattern: z.record(z.string(), z.unknown()).nullable(),
    }),
  ),
  queues: z.array(queue),
  rules: z.array(rule),
  tables: z.array(table),
  buckets: z.array(bucket),
  functions: z.array(fn),
  routes: z.array(route),
  /** Null leaves the answers to the functions. */
  cors: cors.nullable().default(null),
  eventSources: z.array(eventSource),
  schedules: z.array(schedule),
  /** Functions that a deploy runs once after it has made them, in this order: migrations. */
  invocations: z.array(z.object({ function: z.string() })),
});

export type Topology = z.infer<typeof topologySchema>;
export type FunctionTopology = Topology["functions"][number];
export type AsynchronousInvocation = FunctionTopology["asynchronousInvocation"];
export type ScheduleTopology = Topology["schedules"][number];
export type Cors = NonNullable<Topology["cors"]>;
export type QueueTopology = Topology["queues"][number];
export type RuleTopology = Topology["rules"][number];
export type TableTopology = Topology["tables"][number];
export type BucketTopology = Topology["buckets"][number];

/** Throws with the path of each field that is wrong. */
export function parseTopology(json: unknown): Topology {
  const parsed = topologySchema.safeParse(json);
  if (parsed.success) return parsed.data;
  throw new Error(`The topology is not valid; make it anew with "npm run synth".\n${z.prettifyError(parsed.error)}`);
}
