import { SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { Resource } from "sst";
import { z } from "zod";
import { picturesWaitingSince } from "./picture.ts";

const sqs = new SQSClient();
const input = z.object({ olderThanMinutes: z.number() });

/** Sends pictures to work again that have waited for too long: their message was never sent, or has failed for good. */
export async function handler(event: unknown): Promise<{ retried: number }> {
  const { olderThanMinutes } = input.parse(event);
  const forgotten = await picturesWaitingSince(Date.now() - olderThanMinutes * 60_000);
  for (const { id } of forgotten) {
    await sqs.send(new SendMessageCommand({ QueueUrl: Resource.Work.url, MessageBody: JSON.stringify({ id }) }));
  }
  return { retried: forgotten.length };
}
