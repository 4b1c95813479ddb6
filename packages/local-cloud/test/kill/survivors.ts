import { createHash } from "node:crypto";
import { setTimeout } from "node:timers/promises";
import { GetItemCommand } from "@aws-sdk/client-dynamodb";
import { GetObjectCommand, NoSuchKey } from "@aws-sdk/client-s3";
import { DeleteMessageBatchCommand, ReceiveMessageCommand } from "@aws-sdk/client-sqs";
import { z } from "zod";
import type { Clients } from "./clients.ts";
import { stores } from "./stores.ts";
import type { Write } from "./writes.ts";

export interface Attempt {
  write: Write;
  isAcknowledged: boolean;
}

export interface Verdict {
  /** Acknowledged, and not all there. */
  lost: string[];
  /** There in part, acknowledged or not, or out of order. */
  torn: string[];
}

const heardEvent = z.object({ detail: z.object({ id: z.string() }) });
const eventsWithinMs = 10_000;

/** Looks for everything that was attempted, as any client would. */
export async function judge(attempts: readonly Attempt[], clients: Clients): Promise<Verdict> {
  const verdict: Verdict = { lost: [], torn: [] };
  const bodies = new Set(await drain(stores.standard, clients));
  const ordered = await drain(stores.fifo, clients);
  const heard = await drainEvents(attempts, clients);
  for (const { write, isAcknowledged } of attempts) {
    const found = await survival(write);
    if (isAcknowledged && found !== "whole") verdict.lost.push(nameOf(write));
    // A batch may have been taken in part: it was not acknowledged. What is one thing must not be half there.
    if (found === "torn") verdict.torn.push(nameOf(write));
  }
  for (const group of Map.groupBy(orderedAttempts(attempts), ({ group }) => group).values()) {
    const places = group.map(({ body }) => ordered.indexOf(body)).filter((place) => place >= 0);
    if (places.some((place, index) => place < (places[index - 1] ?? -1))) verdict.torn.push(group[0]?.group ?? "");
  }
  return verdict;

  async function survival(write: Write): Promise<"whole" | "torn" | "absent"> {
    switch (write.kind) {
      case "message":
        return write.bodies.every((body) => bodies.has(body)) ? "whole" : "absent";
      case "ordered message":
        return ordered.includes(write.body) ? "whole" : "absent";
      case "events":
        return write.ids.every((id) => heard.has(id)) ? "whole" : "absent";
      case "item": {
        const item = await itemOf(write.id);
        return item === undefined ? "absent" : item["text"]?.S === write.text ? "whole" : "torn";
      }
      case "transaction": {
        const [left, right] = await Promise.all(write.ids.map(itemOf));
        return left && right ? "whole" : left || right ? "torn" : "absent";
      }
      case "object": {
        const sha256 = await sha256Of(write.key);
        return sha256 === undefined ? "absent" : sha256 === write.sha256 ? "whole" : "torn";
      }
      default:
        return write satisfies never;
    }
  }

  async function itemOf(id: string) {
    const input = { TableName: stores.table, Key: { pk: { S: id } }, ConsistentRead: true };
    return (await clients.dynamodb.send(new GetItemCommand(input))).Item;
  }

  async function sha256Of(Key: string): Promise<string | undefined> {
    try {
      const { Body } = await clients.s3.send(new GetObjectCommand({ Bucket: stores.bucket, Key }));
      const bytes = (await Body?.transformToByteArray()) ?? new Uint8Array();
      return createHash("sha256").update(bytes).digest("hex");
    } catch (error) {
      if (error instanceof NoSuchKey) return undefined;
      throw error;
    }
  }
}

const nameOf = (write: Write) => {
  const [id] =
    "ids" in write
      ? write.ids
      : "bodies" in write
        ? write.bodies
        : ["body" in write ? write.body : "key" in write ? write.key : write.id];
  return `${write.kind} ${id}`;
};

/** The writes of a group were sent one after the other: those that were acknowledged have an order. */
const orderedAttempts = (attempts: readonly Attempt[]) =>
  attempts.flatMap(({ write, isAcknowledged }) => (write.kind === "ordered message" && isAcknowledged ? [write] : []));

/** Deliveries of the earlier run come again by themselves, so events are waited for. */
async function drainEvents(attempts: readonly Attempt[], clients: Clients): Promise<Set<string>> {
  const wanted = attempts.flatMap(({ write, isAcknowledged }) =>
    write.kind === "events" && isAcknowledged ? write.ids : [],
  );
  const heard = new Set<string>();
  for (const deadline = Date.now() + eventsWithinMs; ; await setTimeout(50)) {
    for (const body of await drain(stores.heard, clients)) heard.add(heardEvent.parse(JSON.parse(body)).detail.id);
    if (wanted.every((id) => heard.has(id)) || Date.now() > deadline) return heard;
  }
}

/** Takes all that is in a queue, in the order in which it is given out. */
async function drain(queue: string, { sqs, queueUrl }: Clients): Promise<string[]> {
  const QueueUrl = queueUrl(queue);
  const bodies: string[] = [];
  while (true) {
    const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }));
    if (Messages.length === 0) return bodies;
    bodies.push(...Messages.map(({ Body = "" }) => Body));
    const Entries = Messages.map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle }));
    await sqs.send(new DeleteMessageBatchCommand({ QueueUrl, Entries }));
  }
}
