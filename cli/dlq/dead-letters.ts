import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageBatchCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  type SQSClient,
} from "@aws-sdk/client-sqs";
import { z } from "zod";
import type { QueuePlace, ServicePlace } from "../service-place.ts";
import { type Letter, readLetter } from "./letter.ts";

/** Long enough to walk a queue once; what is kept is given back at the end all the same. */
const hiddenSeconds = 300;

interface WalkOptions {
  sqs: SQSClient;
  place: ServicePlace;
  /** How long a receive waits for a message. */
  pollSeconds: number;
  interrupted: AbortSignal;
  /** Answers which of the letters are done with, and deleted. */
  visit: (letters: readonly Letter[]) => Promise<readonly Letter[]>;
}

/**
 * Shows every dead letter of a service once. Nobody else sees them meanwhile, and those that are not done with are there again
 * afterwards.
 */
export async function walkDeadLetters({ sqs, place, pollSeconds, interrupted, visit }: WalkOptions): Promise<void> {
  const { url } = place.deadLetters;
  const maxReceives = await readMaxReceives(sqs, place.queue);
  const seen = new Set<string>();
  const kept: Letter[] = [];
  try {
    while (!interrupted.aborted) {
      const received = (await receive(sqs, url, pollSeconds)).map((message) => readLetter(message, maxReceives));
      const letters = received.filter(({ messageId }) => !seen.has(messageId));
      // Nothing is left, or the walk took so long that what was kept comes again.
      if (letters.length === 0) return;
      for (const { messageId } of letters) seen.add(messageId);
      kept.push(...letters);
      const done = await visit(letters);
      await remove(sqs, url, done);
      for (const letter of done) kept.splice(kept.indexOf(letter), 1);
    }
  } finally {
    for (let at = 0; at < kept.length; at += 10) await giveBack(sqs, url, kept.slice(at, at + 10));
  }
}

async function receive(sqs: SQSClient, QueueUrl: string, pollSeconds: number) {
  const { Messages = [] } = await sqs.send(
    new ReceiveMessageCommand({
      ...{ QueueUrl, MaxNumberOfMessages: 10, VisibilityTimeout: hiddenSeconds },
      WaitTimeSeconds: pollSeconds,
      MessageAttributeNames: ["All"],
      MessageSystemAttributeNames: ["SentTimestamp"],
    }),
  );
  return Messages;
}

async function remove(sqs: SQSClient, QueueUrl: string, letters: readonly Letter[]): Promise<void> {
  if (letters.length === 0) return;
  const { Failed = [] } = await sqs.send(new DeleteMessageBatchCommand({ QueueUrl, Entries: letters.map(entryOf) }));
  if (Failed.length > 0) throw new Error(`SQS kept ${Failed.length} messages: repeat the command`);
}

/** One that cannot be given back at once shows itself later. */
async function giveBack(sqs: SQSClient, QueueUrl: string, letters: readonly Letter[]): Promise<void> {
  const Entries = letters.map((letter, index) => ({ ...entryOf(letter, index), VisibilityTimeout: 0 }));
  await sqs.send(new ChangeMessageVisibilityBatchCommand({ QueueUrl, Entries }));
}

const entryOf = ({ receiptHandle }: Letter, index: number) => ({ Id: String(index), ReceiptHandle: receiptHandle });

async function readMaxReceives(sqs: SQSClient, { url }: QueuePlace): Promise<number> {
  const asked = new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ["RedrivePolicy"] });
  const policy = (await sqs.send(asked)).Attributes?.["RedrivePolicy"];
  return z.object({ maxReceiveCount: z.coerce.number() }).parse(JSON.parse(policy ?? "null")).maxReceiveCount;
}
