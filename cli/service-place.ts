import { GetQueueAttributesCommand, GetQueueUrlCommand, type SQSClient } from "@aws-sdk/client-sqs";
import type { ServiceName } from "@vsl/events";
import { Misuse } from "./command.ts";
import { physicalName, type Stage } from "./stage.ts";

export interface QueuePlace {
  url: string;
  arn: string;
}

export interface ServicePlace {
  queue: QueuePlace;
  deadLetters: QueuePlace;
}

/** Where a service's queues are. */
export async function findService(sqs: SQSClient, stage: Stage, service: ServiceName): Promise<ServicePlace> {
  const [queue, deadLetters] = await Promise.all([
    findQueue(sqs, physicalName(stage, service)),
    findQueue(sqs, physicalName(stage, `${service}-dead-letters`)),
  ]);
  return { queue, deadLetters };
}

/** How many wait there, or are being looked at. */
export async function countDeadLetters(sqs: SQSClient, stage: Stage, service: ServiceName): Promise<number> {
  const { url } = await findQueue(sqs, physicalName(stage, `${service}-dead-letters`));
  return countWaiting(sqs, url);
}

async function findQueue(sqs: SQSClient, name: string): Promise<QueuePlace> {
  const { QueueUrl: url = "" } = await sqs.send(new GetQueueUrlCommand({ QueueName: name })).catch((cause: unknown) => {
    const isUnknown = cause instanceof Error && /NonExistentQueue|QueueDoesNotExist/.test(cause.name);
    throw isUnknown ? new Misuse(`There is no queue ${name}: is the stage's name right?`, { cause }) : cause;
  });
  return { url, arn: await arnOf(sqs, url) };
}

export async function arnOf(sqs: SQSClient, url: string): Promise<string> {
  const asked = new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ["QueueArn"] });
  const arn = (await sqs.send(asked)).Attributes?.["QueueArn"];
  if (!arn) throw new Error(`The queue ${url} tells no ARN.`);
  return arn;
}

/** Messages that wait or are being handled. AWS tells it approximately. */
export async function countWaiting(sqs: SQSClient, url: string): Promise<number> {
  const { Attributes = {} } = await sqs.send(
    new GetQueueAttributesCommand({
      QueueUrl: url,
      AttributeNames: [
        "ApproximateNumberOfMessages",
        "ApproximateNumberOfMessagesNotVisible",
        "ApproximateNumberOfMessagesDelayed",
      ],
    }),
  );
  return Object.values(Attributes).reduce((sum, count) => sum + Number(count), 0);
}
