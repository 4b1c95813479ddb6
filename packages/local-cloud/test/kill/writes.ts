import { createHash } from "node:crypto";
import { PutItemCommand, TransactWriteItemsCommand } from "@aws-sdk/client-dynamodb";
import { PutEventsCommand } from "@aws-sdk/client-eventbridge";
import { PutObjectCommand } from "@aws-sdk/client-s3";
import { SendMessageBatchCommand, SendMessageCommand } from "@aws-sdk/client-sqs";
import type { Clients } from "./clients.ts";
import type { Random } from "./random.ts";
import { stores } from "./stores.ts";

/** A write, and what it must have left if it was acknowledged. Ids are unique, so that nothing stands in for anything else. */
export type Write =
  | { kind: "message"; bodies: string[] }
  | { kind: "ordered message"; group: string; body: string }
  | { kind: "item"; id: string; text: string }
  | { kind: "transaction"; ids: [string, string] }
  | { kind: "object"; key: string; bytes: Buffer; sha256: string }
  | { kind: "events"; ids: string[] };

const range = (count: number) => Array.from({ length: count }, (_, index) => index);
const maxObjectBytes = 200_000;

/** What is ordered is so within the lane that performs it, one write after the other. */
export function planWrite(number: number, lane: number, random: Random): Write {
  const id = `w-${number}`;
  switch (random.below(6)) {
    case 0:
      return { kind: "message", bodies: range(1 + random.below(10)).map((index) => `${id}-${index}`) };
    case 1:
      return { kind: "ordered message", group: `lane-${lane}`, body: id };
    case 2:
      return { kind: "item", id, text: random.bytes(random.below(2_000)).toString("base64") };
    case 3:
      return { kind: "transaction", ids: [`${id}-left`, `${id}-right`] };
    case 4: {
      const bytes = random.bytes(random.below(maxObjectBytes));
      return { kind: "object", key: id, bytes, sha256: createHash("sha256").update(bytes).digest("hex") };
    }
    default:
      return { kind: "events", ids: range(1 + random.below(10)).map((index) => `${id}-${index}`) };
  }
}

/** Rejects unless all of the write was acknowledged. */
export async function perform(write: Write, { dynamodb, eventbridge, s3, sqs, queueUrl }: Clients): Promise<void> {
  switch (write.kind) {
    case "message": {
      const Entries = write.bodies.map((body, index) => ({ Id: String(index), MessageBody: body }));
      const QueueUrl = queueUrl(stores.standard);
      const { Successful = [] } = await sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries }));
      if (Successful.length < Entries.length) throw new Error("not every message was taken");
      return;
    }
    case "ordered message": {
      const { group: MessageGroupId, body } = write;
      const order = { MessageGroupId, MessageDeduplicationId: body };
      await sqs.send(new SendMessageCommand({ QueueUrl: queueUrl(stores.fifo), MessageBody: body, ...order }));
      return;
    }
    case "item": {
      const Item = { pk: { S: write.id }, text: { S: write.text } };
      await dynamodb.send(new PutItemCommand({ TableName: stores.table, Item }));
      return;
    }
    case "transaction": {
      const TransactItems = write.ids.map((id) => ({ Put: { TableName: stores.table, Item: { pk: { S: id } } } }));
      await dynamodb.send(new TransactWriteItemsCommand({ TransactItems }));
      return;
    }
    case "object":
      await s3.send(new PutObjectCommand({ Bucket: stores.bucket, Key: write.key, Body: write.bytes }));
      return;
    case "events": {
      const entry = { EventBusName: stores.bus, Source: "kill", DetailType: "Written" };
      const Entries = write.ids.map((id) => ({ ...entry, Detail: JSON.stringify({ id }) }));
      const { FailedEntryCount } = await eventbridge.send(new PutEventsCommand({ Entries }));
      if (FailedEntryCount !== 0) throw new Error("not every event was taken");
      return;
    }
    default:
      write satisfies never;
  }
}
