import { type AnyEvent, patternOf } from "@vsl/events";
import { physicalName } from "./names";
import { allow } from "./permissions";
import type { Platform } from "./platform";

interface Rule {
  hears: readonly AnyEvent[];
  /** Which deliveries match: a service that would spend or download again hears no replays. */
  replays: "too" | "never" | "only";
  /** Of the payload, where not every such event matters: what is not delivered is not paid for. */
  payload?: Record<string, readonly string[]>;
}

interface ConsumerArgs {
  /** In the resources' names, such as `Ledger`. */
  name: string;
  /** Kebab-case, in the physical names. */
  service: string;
  rules: Record<string, Rule>;
  timeoutSeconds: number;
  batchSize: number;
  maximumConcurrency: number;
  /** How often a message may come before it is a dead letter; back-off spreads them over more than an hour. */
  maxReceiveCount: number;
}

const replayFilter = {
  too: {},
  never: { "replay-name": [{ exists: false }] },
  only: { "replay-name": [{ exists: true }] },
};

export type Consumer = ReturnType<typeof createConsumer>;

/**
 * Rule → the service's own queue (+ dead letters) → Lambda with partial batch responses. What the rule itself cannot deliver
 * goes to the same dead letters.
 */
export function createConsumer(platform: Platform, args: ConsumerArgs) {
  const deadLetters = new sst.aws.Queue(`${args.name}DeadLetters`, {
    transform: { queue: { name: physicalName(`${args.service}-dead-letters`), messageRetentionSeconds: 14 * 86_400 } },
  });
  const queue = new sst.aws.Queue(`${args.name}Queue`, {
    dlq: { queue: deadLetters.arn, retry: args.maxReceiveCount },
    // AWS asks for six times the function's timeout; a handler that fails shortens it for its own message.
    visibilityTimeout: `${args.timeoutSeconds * 6} seconds`,
    transform: { queue: { name: physicalName(args.service), messageRetentionSeconds: 14 * 86_400 } },
  });
  const rules = Object.entries(args.rules).map(([ruleName, { hears, replays, payload }]) => {
    const rule = new aws.cloudwatch.EventRule(`${args.name}Rule${ruleName}`, {
      name: physicalName(`${args.service}-${ruleName.toLowerCase()}`),
      eventBusName: platform.bus.name,
      eventPattern: JSON.stringify({
        ...patternOf(hears),
        ...(payload && { detail: { payload } }),
        ...replayFilter[replays],
      }),
    });
    new aws.cloudwatch.EventTarget(`${args.name}Target${ruleName}`, {
      rule: rule.name,
      eventBusName: platform.bus.name,
      targetId: "queue",
      arn: queue.arn,
      deadLetterConfig: { arn: deadLetters.arn },
      retryPolicy: { maximumRetryAttempts: 185, maximumEventAgeInSeconds: 86_400 },
    });
    return rule;
  });
  for (const [purpose, { arn, url }] of Object.entries({ Queue: queue, DeadLetters: deadLetters })) {
    allowRules(`${args.name}${purpose}FromRules`, arn, url, rules);
  }
  return {
    queue,
    deadLetters,
    links: [queue, deadLetters],
    permissions: [allow(["sqs:SendMessage"], deadLetters.arn)],
    subscribe: (fn: sst.aws.FunctionArgs) =>
      queue.subscribe(
        { ...fn, timeout: `${args.timeoutSeconds} seconds` },
        {
          batch: { size: args.batchSize, partialResponses: true },
          transform: { eventSourceMapping: { scalingConfig: { maximumConcurrency: args.maximumConcurrency } } },
        },
      ),
  };
}

function allowRules(
  name: string,
  queueArn: $util.Output<string>,
  queueUrl: $util.Output<string>,
  rules: aws.cloudwatch.EventRule[],
): void {
  new aws.sqs.QueuePolicy(name, {
    queueUrl,
    policy: aws.iam.getPolicyDocumentOutput({
      statements: [
        {
          actions: ["sqs:SendMessage"],
          resources: [queueArn],
          principals: [{ type: "Service", identifiers: ["events.amazonaws.com"] }],
          conditions: [{ test: "ArnEquals", variable: "aws:SourceArn", values: rules.map(({ arn }) => arn) }],
        },
      ],
    }).json,
  });
}
