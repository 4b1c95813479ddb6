import type { DatabaseSync } from "node:sqlite";
import { z } from "zod";
import type { Operation, SqsContext } from "./context.ts";
import { invalidParameter, missingParameter } from "./errors.ts";
import { readInput } from "./input.ts";

const tagMap = z.record(z.string(), z.string());
type Tags = z.infer<typeof tagMap>;
const rows = z.array(z.object({ key: z.string(), value: z.string() }));

const maximumTags = 50;

/** Throws what AWS answers to tags that it does not take. */
export function checkTags(tags: Tags, queueName: string): void {
  if (Object.keys(tags).length > maximumTags) throw invalidParameter(`Too many tags added for queue ${queueName}.`);
  for (const [key, value] of Object.entries(tags)) {
    if (key.length < 1 || key.length > 128) {
      throw invalidParameter("Tag keys must be between 1 and 128 characters in length.");
    }
    if (value.length > 256) throw invalidParameter("Tag values must be between 0 and 256 characters in length.");
    if (key.startsWith("aws:")) throw invalidParameter(`Tag key ${key} is invalid. Tag keys must not start with aws:.`);
  }
}

export type TagStore = ReturnType<typeof createTagStore>;

export function createTagStore(database: DatabaseSync) {
  const put = database.prepare("INSERT OR REPLACE INTO queue_tags (queue_id, key, value) VALUES (?, ?, ?)");
  const remove = database.prepare("DELETE FROM queue_tags WHERE queue_id = ? AND key = ?");
  const all = database.prepare("SELECT key, value FROM queue_tags WHERE queue_id = ? ORDER BY key");
  return {
    put(queueId: number, tags: Tags) {
      for (const [key, value] of Object.entries(tags)) put.run(queueId, key, value);
    },
    remove(queueId: number, keys: string[]) {
      for (const key of keys) remove.run(queueId, key);
    },
    of: (queueId: number): Tags =>
      Object.fromEntries(rows.parse(all.all(queueId)).map(({ key, value }) => [key, value])),
  };
}

const queueInput = z.object({ QueueUrl: z.string().optional() });

export function tagOperations({ queues, commit }: SqsContext, store: TagStore) {
  const tagQueue: Operation = (raw) => {
    const { QueueUrl, Tags } = readInput(queueInput.extend({ Tags: tagMap.default({}) }), raw);
    return commit(() => {
      const queue = queues.require(QueueUrl);
      if (Object.keys(Tags).length === 0) throw missingParameter("Tags");
      checkTags({ ...store.of(queue.id), ...Tags }, queue.name);
      store.put(queue.id, Tags);
    });
  };

  const untagQueue: Operation = (raw) => {
    const { QueueUrl, TagKeys } = readInput(queueInput.extend({ TagKeys: z.array(z.string()).default([]) }), raw);
    return commit(() => {
      const queue = queues.require(QueueUrl);
      if (TagKeys.length === 0) throw invalidParameter("Tag keys must be between 1 and 128 characters in length.");
      store.remove(queue.id, TagKeys);
    });
  };

  const listQueueTags: Operation = (raw) => {
    const Tags = store.of(queues.require(readInput(queueInput, raw).QueueUrl).id);
    return Object.keys(Tags).length === 0 ? {} : { Tags };
  };

  return { TagQueue: tagQueue, UntagQueue: untagQueue, ListQueueTags: listQueueTags };
}
