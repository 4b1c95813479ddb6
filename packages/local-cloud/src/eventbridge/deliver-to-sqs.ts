import { z } from "zod";
import { AwsError } from "../endpoint/aws-error.ts";
import type { JsonService } from "../endpoint/json-service.ts";
import type { Deliver, DeliveryResult, Message } from "./deliveries.ts";
import type { DeliveryFailure } from "./retry.ts";

const maximumEntries = 10;
const maximumBytes = 1_048_576;

const queueUrlAnswer = z.object({ QueueUrl: z.string() });
const batchAnswer = z.object({
  Failed: z
    .array(z.object({ Id: z.string(), SenderFault: z.boolean(), Code: z.string(), Message: z.string().optional() }))
    .optional(),
});

/** Sends to queues of one SQS, ten messages a call. */
export function deliverToSqs(sqs: Pick<JsonService, "call">): Deliver {
  async function sendBatch(QueueUrl: string, batch: Message[]): Promise<DeliveryResult[]> {
    try {
      const answer = batchAnswer.parse(await sqs.call("SendMessageBatch", { QueueUrl, Entries: batch.map(toEntry) }));
      return batch.map(({ id }) => {
        const failed = answer.Failed?.find(({ Id }) => Id === id);
        if (failed === undefined) return { id };
        const { SenderFault, Code, Message: text = "" } = failed;
        return {
          id,
          failure: { errorCode: SenderFault ? "INVALID_PARAMETER" : "ERROR_FROM_TARGET", message: `${Code}: ${text}` },
        };
      });
    } catch (error) {
      return failAll(batch, error);
    }
  }

  return async (queueArn, messages) => {
    try {
      const QueueName = queueArn.split(":").at(-1);
      const { QueueUrl } = queueUrlAnswer.parse(await sqs.call("GetQueueUrl", { QueueName }));
      const results = await Promise.all(inBatches(messages).map((batch) => sendBatch(QueueUrl, batch)));
      return results.flat();
    } catch (error) {
      return failAll(messages, error);
    }
  };
}

const toEntry = ({ id, json, groupId, attributes = {} }: Message) => ({
  Id: id,
  MessageBody: json,
  ...(groupId === undefined ? {} : { MessageGroupId: groupId }),
  MessageAttributes: Object.fromEntries(
    Object.entries(attributes).map(([name, text]) => [name, { DataType: "String", StringValue: text }]),
  ),
});

function inBatches(messages: Message[]): Message[][] {
  const batches: Message[][] = [];
  let bytes = 0;
  for (const message of messages) {
    const size = Buffer.byteLength(message.json) + Buffer.byteLength(JSON.stringify(message.attributes ?? {}));
    const current = batches.at(-1);
    if (current === undefined || current.length === maximumEntries || bytes + size > maximumBytes) {
      batches.push([message]);
      bytes = size;
    } else {
      current.push(message);
      bytes += size;
    }
  }
  return batches;
}

function failAll(messages: Message[], error: unknown): DeliveryResult[] {
  const failure = failureOf(error);
  return messages.map(({ id }) => ({ id, failure }));
}

function failureOf(error: unknown): DeliveryFailure {
  if (!(error instanceof AwsError)) return { errorCode: "INTERNAL_ERROR", message: String(error) };
  const message = `${error.code}: ${error.message}`;
  if (/NonExistentQueue|QueueDoesNotExist/.test(error.code)) return { errorCode: "NO_RESOURCE", message };
  return {
    errorCode: error.status < 500 && error.code !== "RequestThrottled" ? "INVALID_PARAMETER" : "ERROR_FROM_TARGET",
    message,
  };
}
