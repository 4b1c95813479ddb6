import { z } from "zod";
import type { Operation, SqsContext } from "./context.ts";
import { purgeQueueInProgress, queueDeletedRecently, queueNameExists, unsupported } from "./errors.ts";
import { pageInput, pageOf, readInput } from "./input.ts";
import {
  checkAttributeNames,
  checkAttributes,
  checkQueueName,
  defaultAttributes,
  mergeAttributes,
  type QueueAttributes,
} from "./queue-attributes.ts";
import type { Queue } from "./queue-store.ts";
import { checkTags, type TagStore } from "./queue-tags.ts";
import { checkRedriveAllowPolicy, checkRedrivePolicy } from "./redrive-policy.ts";

const attributesInput = z.record(z.string(), z.string());
const createInput = z.object({
  QueueName: z.string().default(""),
  Attributes: attributesInput.default({}),
  tags: attributesInput.default({}),
});
const urlInput = z.object({ QueueUrl: z.string().optional() });

interface QueueManagement {
  dismiss: (queueId: number) => void;
  arnOf: (name: string) => string;
  tags: TagStore;
}

export function queueOperations(
  { queues, messages, commit, now, queueUrl, wake }: SqsContext,
  { dismiss, arnOf, tags: tagStore }: QueueManagement,
) {
  /** Checks a change of attributes and gives it back as AWS would keep it. */
  function checked(changes: QueueAttributes, { arn, fifo }: { arn: string; fifo: boolean }): QueueAttributes {
    checkAttributes(changes, { fifo });
    if (changes["RedriveAllowPolicy"]) checkRedriveAllowPolicy(changes["RedriveAllowPolicy"]);
    if (!changes["RedrivePolicy"]) return changes;
    const target = (targetArn: string) => {
      const queue = queues.findByArn(targetArn);
      return queue && { fifo: queue.fifo, redriveAllowPolicy: queue.attributes["RedriveAllowPolicy"] };
    };
    return { ...changes, RedrivePolicy: checkRedrivePolicy(changes["RedrivePolicy"], { arn, fifo }, target) };
  }

  const createQueue: Operation = (raw) => {
    const { QueueName: name, Attributes, tags } = readInput(createInput, raw);
    return commit(() => {
      checkQueueName(name, Attributes);
      checkTags(tags, name);
      const fifo = name.endsWith(".fifo");
      const attributes = checked(Attributes, { arn: arnOf(name), fifo });
      const existing = queues.find(name);
      const different = Object.keys(attributes).find(
        (key) => existing && (existing.attributes[key] ?? "") !== attributes[key],
      );
      if (different !== undefined) throw queueNameExists(different);
      if (existing) return { QueueUrl: queueUrl(name) };
      if (now() - (queues.deletedAt(name) ?? Number.NEGATIVE_INFINITY) < 60_000) throw queueDeletedRecently();
      tagStore.put(queues.add(name, mergeAttributes(defaultAttributes({ fifo }), attributes), now()), tags);
      return { QueueUrl: queueUrl(name) };
    });
  };

  const deleteQueue: Operation = (raw) => {
    const { QueueUrl } = readInput(urlInput, raw);
    return commit(() => {
      const queue = queues.require(QueueUrl);
      messages.removeAll(queue);
      queues.remove(queue, now());
      return queue.id;
    }).then(dismiss);
  };

  const setQueueAttributes: Operation = (raw) => {
    const { QueueUrl, Attributes } = readInput(urlInput.extend({ Attributes: attributesInput.default({}) }), raw);
    return commit(() => {
      const queue = queues.require(QueueUrl);
      const changes = checked(Attributes, queue);
      if (changes["FifoQueue"] !== undefined && changes["FifoQueue"] !== queue.attributes["FifoQueue"]) {
        throw unsupported("You cannot change a standard queue to a FIFO queue, or the reverse.");
      }
      queues.setAttributes(queue, mergeAttributes(queue.attributes, changes), now());
      if (queue.fifo && changes["DelaySeconds"]) messages.delayWaiting(queue, Number(changes["DelaySeconds"]));
      return queue.id;
    }).then(wake);
  };

  const getQueueAttributes: Operation = (raw) => {
    const input = readInput(urlInput.extend({ AttributeNames: z.array(z.string()).default([]) }), raw);
    const queue = queues.require(input.QueueUrl);
    checkAttributeNames(input.AttributeNames);
    const wanted = new Set(input.AttributeNames);
    const known = Object.entries(describe(queue));
    const Attributes = Object.fromEntries(known.filter(([name]) => wanted.has("All") || wanted.has(name)));
    return Object.keys(Attributes).length === 0 ? {} : { Attributes };
  };

  function describe(queue: Queue): QueueAttributes {
    const { visible, inFlight, delayed } = messages.count(queue, now());
    return {
      QueueArn: queue.arn,
      ApproximateNumberOfMessages: String(visible),
      ApproximateNumberOfMessagesNotVisible: String(inFlight),
      ApproximateNumberOfMessagesDelayed: String(delayed),
      CreatedTimestamp: String(Math.floor(queue.createdAt / 1000)),
      LastModifiedTimestamp: String(Math.floor(queue.modifiedAt / 1000)),
      ...queue.attributes,
    };
  }

  const listQueues: Operation = (raw) => {
    const input = readInput(pageInput.extend({ QueueNamePrefix: z.string().default("") }), raw);
    const named = queues.list().filter(({ name }) => name.startsWith(input.QueueNamePrefix));
    const { items, ...next } = pageOf(named, input);
    return { ...(items.length > 0 && { QueueUrls: items.map(({ name }) => queueUrl(name)) }), ...next };
  };

  const listDeadLetterSourceQueues: Operation = (raw) => {
    const input = readInput(pageInput.extend(urlInput.shape), raw);
    const { arn } = queues.require(input.QueueUrl);
    const sources = queues.list().filter(({ redrive }) => redrive?.deadLetterTargetArn === arn);
    const { items, ...next } = pageOf(sources, input);
    return { queueUrls: items.map(({ name }) => queueUrl(name)), ...next };
  };

  const purgeQueue: Operation = (raw) => {
    const { QueueUrl } = readInput(urlInput, raw);
    return commit(() => {
      const queue = queues.require(QueueUrl);
      if (now() - (queue.purgedAt ?? Number.NEGATIVE_INFINITY) < 60_000) throw purgeQueueInProgress(queue.name);
      messages.removeAll(queue);
      queues.notePurge(queue, now());
    });
  };

  return {
    CreateQueue: createQueue,
    DeleteQueue: deleteQueue,
    SetQueueAttributes: setQueueAttributes,
    GetQueueAttributes: getQueueAttributes,
    GetQueueUrl: (raw: Record<string, unknown>) => {
      const { QueueName } = readInput(z.object({ QueueName: z.string().optional() }), raw);
      return { QueueUrl: queueUrl(queues.require(QueueName).name) };
    },
    ListQueues: listQueues,
    ListDeadLetterSourceQueues: listDeadLetterSourceQueues,
    PurgeQueue: purgeQueue,
  };
}
