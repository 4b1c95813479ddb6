import { z } from "zod";
import type { JsonService } from "../../endpoint/json-service.ts";
import type { InvocationRecord } from "./invocation-record.ts";

interface DestinationPorts {
  sqs: Pick<JsonService, "call">;
  eventbridge: Pick<JsonService, "call">;
  accept: (functionName: string, event: unknown) => unknown;
}

type Attribute = number | string;

export interface Destinations {
  /** Throws, like the others, when it is not taken. */
  sendRecord(arn: string, record: InvocationRecord): Promise<void>;
  sendMessage(queueArn: string, body: string, attributes: Record<string, Attribute>): Promise<void>;
}

const queueUrlAnswer = z.object({ QueueUrl: z.string() });
const putEventsAnswer = z.object({ FailedEntryCount: z.number() });

/** Where Lambda sends what became of an asynchronous invocation: queues, buses and functions of this machine. */
export function createDestinations({ sqs, eventbridge, accept }: DestinationPorts): Destinations {
  async function sendMessage(queueArn: string, body: string, attributes: Record<string, Attribute>): Promise<void> {
    const QueueName = queueArn.split(":").at(-1);
    const { QueueUrl } = queueUrlAnswer.parse(await sqs.call("GetQueueUrl", { QueueName }));
    const MessageAttributes = Object.fromEntries(
      Object.entries(attributes).map(([name, value]) => {
        const DataType = typeof value === "number" ? "Number" : "String";
        // SQS takes no empty text.
        return [name, { DataType, StringValue: String(value) || "unknown" }];
      }),
    );
    await sqs.call("SendMessage", { QueueUrl, MessageBody: body, MessageAttributes });
  }

  async function publish(busArn: string, record: InvocationRecord): Promise<void> {
    const isSuccess = record.requestContext.condition === "Success";
    const entry = {
      EventBusName: busArn,
      Source: "lambda",
      DetailType: `Lambda Function Invocation Result - ${isSuccess ? "Success" : "Failure"}`,
      Resources: [record.requestContext.functionArn, busArn],
      Detail: JSON.stringify(record),
    };
    const answer = putEventsAnswer.parse(await eventbridge.call("PutEvents", { Entries: [entry] }));
    if (answer.FailedEntryCount > 0) throw new Error(`${busArn} did not take the record`);
  }

  return {
    sendMessage,
    async sendRecord(arn, record) {
      const [, , service, , , resource, name = ""] = arn.split(":");
      if (service === "sqs") return sendMessage(arn, JSON.stringify(record), {});
      if (service === "events") return publish(arn, record);
      if (service === "lambda" && resource === "function") return void accept(name, record);
      throw new Error(`${arn} cannot be a destination here: use a queue, a bus or a function`);
    },
  };
}
