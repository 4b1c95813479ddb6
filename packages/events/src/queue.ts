import { ChangeMessageVisibilityCommand, SendMessageCommand, type SQSClient } from "@aws-sdk/client-sqs";
import type { HearPorts } from "./hear.ts";

export interface QueueOptions {
  client: Pick<SQSClient, "send">;
  queueUrl: string;
  deadLetterUrl: string;
}

/** The two ports of `hear` that speak to the service's own queue. */
export function createQueuePorts({
  client,
  queueUrl,
  deadLetterUrl,
}: QueueOptions): Pick<HearPorts<readonly []>, "deadLetter" | "retryLater"> {
  return {
    deadLetter: async (message, reason) => {
      await client.send(
        new SendMessageCommand({
          QueueUrl: deadLetterUrl,
          MessageBody: message.body,
          MessageAttributes: {
            ERROR_CODE: { DataType: "String", StringValue: "Permanent" },
            ERROR_MESSAGE: { DataType: "String", StringValue: reason.slice(0, 1000) },
            RECEIVE_COUNT: { DataType: "Number", StringValue: message.attributes.ApproximateReceiveCount },
          },
        }),
      );
    },
    retryLater: async (message, afterSeconds) => {
      await client.send(
        new ChangeMessageVisibilityCommand({
          QueueUrl: queueUrl,
          ReceiptHandle: message.receiptHandle,
          VisibilityTimeout: Math.ceil(afterSeconds),
        }),
      );
    },
  };
}
