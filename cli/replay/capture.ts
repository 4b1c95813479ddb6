import {
  DeleteRuleCommand,
  type EventBridgeClient,
  PutRuleCommand,
  PutTargetsCommand,
  RemoveTargetsCommand,
} from "@aws-sdk/client-eventbridge";
import {
  CreateQueueCommand,
  DeleteMessageBatchCommand,
  DeleteQueueCommand,
  ReceiveMessageCommand,
  SetQueueAttributesCommand,
  type SQSClient,
} from "@aws-sdk/client-sqs";
import { arnOf, countWaiting } from "../service-place.ts";

/** A rule and a queue of the command's own: the archive itself can only be read by replaying it to somebody. */
export interface Capture {
  ruleArn: string;
  /** Hands over what has come until there is no more, and forgets it once that is kept. Answers with how much it was. */
  drain(keep: (bodies: readonly string[]) => void, interrupted: AbortSignal): Promise<number>;
  /** Also what a receiver holds just now. */
  countWaiting(): Promise<number>;
  close(): Promise<void>;
}

interface CaptureOptions {
  events: EventBridgeClient;
  sqs: SQSClient;
  busName: string;
  /** Of the rule and of the queue. */
  name: string;
  pattern: string;
  /** How long a receive waits for a message. */
  pollSeconds: number;
}

const fourDays = String(4 * 86_400);
const receivers = 4;

/** Safe to repeat: a replay that is resumed finds its capture as it was. */
export async function openCapture({
  events,
  sqs,
  busName,
  name,
  pattern,
  pollSeconds,
}: CaptureOptions): Promise<Capture> {
  const rule = { EventBusName: busName, Name: name };
  const attributes = { MessageRetentionPeriod: fourDays, VisibilityTimeout: "60" };
  const { QueueUrl = "" } = await sqs.send(new CreateQueueCommand({ QueueName: name }));
  const queueArn = await arnOf(sqs, QueueUrl);
  const { RuleArn: ruleArn = "" } = await events.send(new PutRuleCommand({ ...rule, EventPattern: pattern }));
  const Policy = policyFor(queueArn, ruleArn);
  await sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: { ...attributes, Policy } }));
  const { FailedEntryCount } = await events.send(
    new PutTargetsCommand({ EventBusName: busName, Rule: name, Targets: [{ Id: "capture", Arn: queueArn }] }),
  );
  if (FailedEntryCount) throw new Error(`EventBridge refuses the queue ${name} as the target of its rule.`);

  async function receive(keep: (bodies: readonly string[]) => void): Promise<number> {
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: pollSeconds }),
    );
    if (Messages.length === 0) return 0;
    keep(Messages.map(({ Body = "" }) => Body));
    const Entries = Messages.map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle }));
    // One that stays comes again, and is known by then.
    await sqs.send(new DeleteMessageBatchCommand({ QueueUrl, Entries }));
    return Messages.length;
  }

  return {
    ruleArn,
    async drain(keep, interrupted) {
      let sum = 0;
      const receiveAll = async () => {
        for (let count = 1; count > 0 && !interrupted.aborted; sum += count) count = await receive(keep);
      };
      await Promise.all(Array.from({ length: receivers }, receiveAll));
      return sum;
    },
    countWaiting: () => countWaiting(sqs, QueueUrl),
    async close() {
      await events.send(new RemoveTargetsCommand({ EventBusName: busName, Rule: name, Ids: ["capture"] }));
      await events.send(new DeleteRuleCommand(rule));
      await sqs.send(new DeleteQueueCommand({ QueueUrl }));
    },
  };
}

const policyFor = (queueArn: string, ruleArn: string) =>
  JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Principal: { Service: "events.amazonaws.com" },
        Action: "sqs:SendMessage",
        Resource: queueArn,
        Condition: { ArnEquals: { "aws:SourceArn": ruleArn } },
      },
    ],
  });
