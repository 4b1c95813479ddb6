import { alarmOnFunction, alarmOnLine, alarmOnQueue, type WatchedFunction, type WatchedLine } from "./alarms";
import type { Consumer } from "./consumer";
import { createDashboard, functionWidgets, queueWidgets, type Widget } from "./dashboards";
import { physicalName } from "./names";
import type { Platform } from "./platform";
import { saveQueries } from "./queries";
import type { ServiceName } from "./service-names";

interface Watched {
  service: ServiceName;
  functions: WatchedFunction[];
  consumer: Consumer;
  /** How long an event may wait before it is somebody's business. */
  lagSeconds: number;
  /** What only its log tells. */
  lines: WatchedLine[];
  widgets: Widget[];
}

/** A function as it is watched; `name` is its physical name without the stage. */
export function watched(name: string, fn: sst.aws.Function | $util.Output<sst.aws.Function>): WatchedFunction {
  const functionName = physicalName(name);
  const logGroupOf = ({ nodes }: sst.aws.Function) =>
    nodes.logGroup.apply((group) => $util.output(group?.name ?? `/aws/lambda/${functionName}`));
  return { functionName, logGroupName: fn instanceof sst.aws.Function ? logGroupOf(fn) : fn.apply(logGroupOf) };
}

/** Alarms, a dashboard and saved queries. None in `sst dev`: who develops sees it happen. */
export function watchService(
  platform: Platform,
  { service, functions, consumer, lagSeconds, lines, widgets }: Watched,
) {
  if ($dev) return;
  const topicArn = platform.alarmTopicArn;
  for (const fn of functions) alarmOnFunction(topicArn, fn);
  alarmOnQueue(topicArn, service, {
    queueName: consumer.queue.nodes.queue.name,
    deadLettersName: consumer.deadLetters.nodes.queue.name,
    lagSeconds,
  });
  for (const line of lines) alarmOnLine(topicArn, line);
  // An account's first three dashboards are free, each further one is $3 a month; the system's is everywhere.
  if ($app.stage === "prod") {
    createDashboard(service, [
      ...queueWidgets(service),
      ...functionWidgets(functions.map(({ functionName }) => functionName)),
      ...widgets,
    ]);
  }
  saveQueries(
    service,
    functions.map(({ logGroupName }) => logGroupName),
  );
}
