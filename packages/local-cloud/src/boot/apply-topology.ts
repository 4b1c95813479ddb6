import { AwsError } from "../endpoint/aws-error.ts";
import type { JsonService } from "../endpoint/json-service.ts";
import type { QueueTopology, Topology } from "../topology.ts";

interface Appliers {
  sqs: Pick<JsonService, "call">;
  queueUrl: (name: string) => string;
  applyTable: (table: Topology["tables"][number]) => Promise<void>;
  applyBucket: (bucket: Topology["buckets"][number]) => Promise<void>;
  applyEvents: (topology: Topology) => Promise<void>;
}

/** Makes what the topology names, and brings what is there already to what it says. Safe to repeat; deletes no data. */
export async function applyTopology(topology: Topology, appliers: Appliers): Promise<void> {
  await Promise.all([
    ...topology.tables.map(appliers.applyTable),
    ...topology.buckets.map(appliers.applyBucket),
    applyQueues(topology, appliers),
  ]);
  // After the queues: a rule must not find its target missing.
  await appliers.applyEvents(topology);
}

async function applyQueues(topology: Topology, appliers: Appliers): Promise<void> {
  const applied = new Set<QueueTopology>();
  for (const queue of topology.queues) await apply(queue);

  /** A redrive policy must name a queue that exists: the dead-letter queue comes first. */
  async function apply(queue: QueueTopology): Promise<void> {
    if (applied.has(queue)) return;
    applied.add(queue);
    const deadLetters = topology.queues.find(({ name }) => name === queue.redrive?.deadLetterQueue);
    if (deadLetters) await apply(deadLetters);
    await applyQueue(queue, topology, appliers);
  }
}

async function applyQueue(queue: QueueTopology, topology: Topology, { sqs, queueUrl }: Appliers): Promise<void> {
  const attributes = {
    VisibilityTimeout: String(queue.visibilityTimeoutSeconds),
    MessageRetentionPeriod: String(queue.messageRetentionSeconds),
    DelaySeconds: String(queue.delaySeconds),
    ...(queue.fifo && { ContentBasedDeduplication: String(queue.contentBasedDeduplication) }),
  };
  const redrivePolicy = queue.redrive && {
    RedrivePolicy: JSON.stringify({
      deadLetterTargetArn: queueArn(topology, queue.redrive.deadLetterQueue),
      maxReceiveCount: queue.redrive.maxReceiveCount,
    }),
  };
  if (await exists(sqs, queue.name)) {
    // An empty policy takes away the one that was there.
    const Attributes = { ...attributes, ...(redrivePolicy ?? { RedrivePolicy: "" }) };
    await sqs.call("SetQueueAttributes", { QueueUrl: queueUrl(queue.name), Attributes });
  } else {
    const Attributes = { ...attributes, ...redrivePolicy, ...(queue.fifo && { FifoQueue: "true" }) };
    await sqs.call("CreateQueue", { QueueName: queue.name, Attributes });
  }
}

export const queueArn = ({ region, account }: Pick<Topology, "region" | "account">, name: string) =>
  `arn:aws:sqs:${region}:${account}:${name}`;

async function exists(sqs: Pick<JsonService, "call">, name: string): Promise<boolean> {
  try {
    await sqs.call("GetQueueUrl", { QueueName: name });
    return true;
  } catch (error) {
    if (error instanceof AwsError && error.code === "QueueDoesNotExist") return false;
    throw error;
  }
}
