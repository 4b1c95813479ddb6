import { SendMessageBatchCommand, type SQSClient } from "@aws-sdk/client-sqs";

/** SQS's limits of one call. Source: SQS quotas, 2026-01. */
const maxMessages = 10;
const maxBytes = 1024 * 1024;

/** Sends messages to one queue, in as few calls as fit. Throws unless SQS took every one of them. */
export async function sendToQueue(sqs: SQSClient, queueUrl: string, bodies: readonly string[]): Promise<void> {
  for (const batch of batchesOf(bodies)) {
    const Entries = batch.map((MessageBody, index) => ({ Id: String(index), MessageBody }));
    const { Failed = [] } = await sqs.send(new SendMessageBatchCommand({ QueueUrl: queueUrl, Entries }));
    const [first] = Failed;
    if (first) throw new Error(`SQS refused ${Failed.length} of ${batch.length} messages (${first.Code})`);
  }
}

export function batchesOf(bodies: readonly string[]): string[][] {
  const batches: string[][] = [];
  let room = 0;
  for (const body of bodies) {
    const bytes = Buffer.byteLength(body);
    const current = batches.at(-1);
    if (current && current.length < maxMessages && bytes <= room) {
      current.push(body);
      room -= bytes;
    } else {
      batches.push([body]);
      room = maxBytes - bytes;
    }
  }
  return batches;
}
