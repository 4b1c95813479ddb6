import { physicalName } from "./names";

type Series = (string | { label?: string; stat?: string; expression?: string; id?: string })[];

export interface Widget {
  title: string;
  series: Series[];
  stat?: "Sum" | "Average" | "Maximum" | "p95";
}

const [width, height, perRow] = [8, 6, 3];

export function createDashboard(name: string, widgets: Widget[]): void {
  const region = aws.getRegionOutput().region;
  new aws.cloudwatch.Dashboard(`Dashboard-${name}`, {
    dashboardName: physicalName(name),
    dashboardBody: region.apply((inRegion) =>
      JSON.stringify({
        widgets: widgets.map(({ title, series, stat = "Sum" }, index) => ({
          type: "metric",
          x: (index % perRow) * width,
          y: Math.floor(index / perRow) * height,
          width,
          height,
          properties: { title, metrics: series, stat, period: 300, region: inRegion, view: "timeSeries" },
        })),
      }),
    ),
  });
}

/** One line for each model that there is. */
export const everyModel = (metric: string, stat: string): Series => [
  {
    expression: `SEARCH('{VSL/MediaGeneration,stage,modelId} MetricName="${metric}" stage="${$app.stage}"', '${stat}', 300)`,
    id: `by${metric}`,
  },
];

export const queueWidgets = (service: string): Widget[] => {
  const [queue, deadLetters] = [physicalName(service), physicalName(`${service}-dead-letters`)];
  return [
    {
      title: "Oldest event that waits (seconds)",
      series: [["AWS/SQS", "ApproximateAgeOfOldestMessage", "QueueName", queue]],
      stat: "Maximum",
    },
    {
      title: "Events that wait, dead letters",
      series: [queue, deadLetters].map((name) => ["AWS/SQS", "ApproximateNumberOfMessagesVisible", "QueueName", name]),
      stat: "Maximum",
    },
  ];
};

export function functionWidgets(functions: string[]): Widget[] {
  const widget = (title: string, metric: string, stat: Widget["stat"]): Widget => ({
    title,
    series: functions.map((name) => ["AWS/Lambda", metric, "FunctionName", name]),
    stat,
  });
  return [
    widget("Invocations", "Invocations", "Sum"),
    widget("Errors", "Errors", "Sum"),
    widget("Throttles", "Throttles", "Sum"),
    widget("Duration, p95 (ms)", "Duration", "p95"),
    widget("At once", "ConcurrentExecutions", "Maximum"),
  ];
}
