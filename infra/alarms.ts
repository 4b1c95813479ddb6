import { physicalName } from "./names";

interface Alarm {
  /** Kebab-case: what is wrong, after whose it is. */
  name: string;
  /** What happened, and what to do about it. */
  says: string;
  metric: { namespace: string; name: string; dimensions?: Record<string, $util.Input<string>> };
  statistic: "Sum" | "Maximum";
  /** Alarms above it. */
  above: number;
  seconds: number;
}

/** Every alarm goes to the stage's one topic. What did not happen raises none. */
export function createAlarm(topicArn: $util.Input<string>, { name, says, metric, statistic, above, seconds }: Alarm) {
  return new aws.cloudwatch.MetricAlarm(`Alarm-${name}`, {
    name: physicalName(name),
    alarmDescription: says,
    namespace: metric.namespace,
    metricName: metric.name,
    dimensions: metric.dimensions,
    statistic,
    comparisonOperator: "GreaterThanThreshold",
    threshold: above,
    period: seconds,
    evaluationPeriods: 1,
    treatMissingData: "notBreaching",
    alarmActions: [topicArn],
    okActions: [topicArn],
  });
}

export function alarmOnFunction(topicArn: $util.Input<string>, { functionName }: WatchedFunction): void {
  const name = shortName(functionName);
  const dimensions = { FunctionName: functionName };
  createAlarm(topicArn, {
    name: `${name}-errors`,
    says: `${functionName} threw or ran out of time: read the query "errors" of its service`,
    metric: { namespace: "AWS/Lambda", name: "Errors", dimensions },
    statistic: "Sum",
    above: 0,
    seconds: 300,
  });
  createAlarm(topicArn, {
    name: `${name}-throttles`,
    says: `${functionName} is called more often than its concurrency allows: raise it in the service's infra.ts`,
    metric: { namespace: "AWS/Lambda", name: "Throttles", dimensions },
    statistic: "Sum",
    above: 10,
    seconds: 300,
  });
}

export interface WatchedQueue {
  queueName: $util.Output<string>;
  deadLettersName: $util.Output<string>;
  /** How long an event may wait before it is somebody's business. */
  lagSeconds: number;
}

export function alarmOnQueue(topicArn: $util.Input<string>, service: string, queue: WatchedQueue): void {
  createAlarm(topicArn, {
    name: `${service}-dead-letters`,
    says: `${service} could not hear an event: read the reason in its dead letters, mend it, redrive`,
    metric: {
      namespace: "AWS/SQS",
      name: "ApproximateNumberOfMessagesVisible",
      dimensions: { QueueName: queue.deadLettersName },
    },
    statistic: "Maximum",
    above: 0,
    seconds: 60,
  });
  createAlarm(topicArn, {
    name: `${service}-lag`,
    says: `${service} has not heard an event for ${queue.lagSeconds / 60} minutes: is what it depends on down?`,
    metric: {
      namespace: "AWS/SQS",
      name: "ApproximateAgeOfOldestMessage",
      dimensions: { QueueName: queue.queueName },
    },
    statistic: "Maximum",
    above: queue.lagSeconds,
    seconds: 60,
  });
}

export interface WatchedFunction {
  functionName: string;
  logGroupName: $util.Output<string>;
}

export interface WatchedLine {
  /** Kebab-case, such as `webhook-unsigned`. */
  name: string;
  says: string;
  /** A CloudWatch Logs filter over a line's JSON. */
  pattern: string;
  functions: WatchedFunction[];
  above: number;
  seconds: number;
}

/** Counts what only the log tells. */
export function alarmOnLine(topicArn: $util.Input<string>, line: WatchedLine): void {
  const metric = { namespace: `VSL/Log/${$app.stage}`, name: line.name };
  for (const { functionName, logGroupName } of line.functions) {
    new aws.cloudwatch.LogMetricFilter(`Count-${line.name}-${shortName(functionName)}`, {
      name: physicalName(line.name),
      logGroupName,
      pattern: line.pattern,
      metricTransformation: { ...metric, value: "1", unit: "Count" },
    });
  }
  createAlarm(topicArn, { ...line, metric, statistic: "Sum" });
}

const shortName = (name: string) => name.slice(physicalName("").length);
