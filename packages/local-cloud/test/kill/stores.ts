import { parseTopology } from "../../src/topology.ts";

/** What the writes go into. Nothing of the app runs: whatever is missing afterwards, the local cloud has lost. */
export const stores = {
  bus: "kill-bus",
  heard: "kill-heard",
  standard: "kill-standard",
  fifo: "kill-ordered.fifo",
  table: "kill-items",
  bucket: "kill-objects",
} as const;

const region = "us-east-1";
const account = "000000000000";
const queue = { visibilityTimeoutSeconds: 600, messageRetentionSeconds: 345_600, redrive: null };

export const killTopology = parseTopology({
  app: "kill",
  stage: "local",
  region,
  account,
  buses: [{ name: stores.bus }],
  archives: [{ name: "kill-archive", bus: stores.bus, retentionDays: 0, pattern: null }],
  queues: [
    { ...queue, name: stores.standard },
    { ...queue, name: stores.heard },
    { ...queue, name: stores.fifo, fifo: true },
  ],
  rules: [
    {
      name: "kill-rule",
      bus: stores.bus,
      pattern: { source: ["kill"] },
      targets: [{ id: "heard", arn: `arn:aws:sqs:${region}:${account}:${stores.heard}`, deadLetterQueueArn: null }],
    },
  ],
  tables: [
    {
      name: stores.table,
      attributes: { pk: "S" },
      hashKey: "pk",
      rangeKey: null,
      globalIndexes: [],
      ttlAttribute: null,
    },
  ],
  buckets: [{ name: stores.bucket, lifecycle: [] }],
  functions: [],
  routes: [],
  eventSources: [],
  schedules: [],
  invocations: [],
});
