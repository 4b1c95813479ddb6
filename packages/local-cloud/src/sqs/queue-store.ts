import type { DatabaseSync } from "node:sqlite";
import { z } from "zod";
import { queueDoesNotExist } from "./errors.ts";
import { type QueueAttributes, type QueueSettings, readSettings } from "./queue-attributes.ts";
import { type RedrivePolicy, readRedrivePolicy } from "./redrive-policy.ts";

export interface Queue extends QueueSettings {
  id: number;
  name: string;
  arn: string;
  attributes: QueueAttributes;
  redrive: RedrivePolicy | undefined;
  createdAt: number;
  modifiedAt: number;
  purgedAt: number | null;
}

const row = z.object({
  id: z.number(),
  name: z.string(),
  attributes: z.string(),
  createdAt: z.number(),
  modifiedAt: z.number(),
  purgedAt: z.number().nullable(),
});
const storedAttributes = z.record(z.string(), z.string());
const deletion = z.object({ deletedAt: z.number() });

export type QueueStore = ReturnType<typeof createQueueStore>;

export function createQueueStore(database: DatabaseSync, { region, account }: { region: string; account: string }) {
  const columns = "id, name, attributes, created_at AS createdAt, modified_at AS modifiedAt, purged_at AS purgedAt";
  const byName = database.prepare(`SELECT ${columns} FROM queues WHERE name = ?`);
  const byId = database.prepare(`SELECT ${columns} FROM queues WHERE id = ?`);
  const all = database.prepare(`SELECT ${columns} FROM queues ORDER BY name`);
  const insert = database.prepare("INSERT INTO queues (name, attributes, created_at, modified_at) VALUES (?, ?, ?, ?)");
  const update = database.prepare("UPDATE queues SET attributes = ?, modified_at = ? WHERE id = ?");
  const setPurged = database.prepare("UPDATE queues SET purged_at = ? WHERE id = ?");
  const forget = database.prepare("DELETE FROM queues WHERE id = ?");
  const forgetRest = ["deduplications", "receive_attempts", "queue_tags"].map((table) =>
    database.prepare(`DELETE FROM ${table} WHERE queue_id = ?`),
  );
  const noteDeletion = database.prepare("INSERT OR REPLACE INTO deleted_queues (name, deleted_at) VALUES (?, ?)");
  const deletionOf = database.prepare("SELECT deleted_at AS deletedAt FROM deleted_queues WHERE name = ?");
  const prefix = `arn:aws:sqs:${region}:${account}:`;

  function toQueue(found: unknown): Queue {
    const { attributes: text, ...rest } = row.parse(found);
    const attributes = storedAttributes.parse(JSON.parse(text));
    const redrive = readRedrivePolicy(attributes["RedrivePolicy"]);
    return { ...rest, arn: prefix + rest.name, attributes, redrive, ...readSettings(attributes) };
  }
  const one = (found: unknown) => (found === undefined ? undefined : toQueue(found));
  const find = (name: string) => one(byName.get(name));

  return {
    find,
    findById: (id: number) => one(byId.get(id)),
    findByArn: (arn: string) => (arn.startsWith(prefix) ? find(arn.slice(prefix.length)) : undefined),
    /** Queue URLs are told apart by their last segment, whatever their host: ports change from one start to the next. */
    require(queueUrl: string | undefined): Queue {
      const queue = find(queueUrl?.split("/").at(-1) ?? "");
      if (!queue) throw queueDoesNotExist();
      return queue;
    },
    list: () => all.all().map(toQueue),
    /** Answers the new queue's id. */
    add: (name: string, attributes: QueueAttributes, now: number) =>
      Number(insert.run(name, JSON.stringify(attributes), now, now).lastInsertRowid),
    setAttributes(queue: Queue, attributes: QueueAttributes, now: number) {
      update.run(JSON.stringify(attributes), now, queue.id);
    },
    notePurge(queue: Queue, now: number) {
      setPurged.run(now, queue.id);
    },
    remove(queue: Queue, now: number) {
      forget.run(queue.id);
      for (const forgetTheirs of forgetRest) forgetTheirs.run(queue.id);
      noteDeletion.run(queue.name, now);
    },
    deletedAt(name: string): number | undefined {
      const found = deletionOf.get(name);
      return found === undefined ? undefined : deletion.parse(found).deletedAt;
    },
  };
}
