import { isServiceName } from "../service-names.ts";
import type { Graph } from "../synth/graph.ts";
import { lastPart, nameOf, object, type Rule, text } from "./rule.ts";

/** Whether an alarm that tells somebody watches a metric of a thing. */
function isWatched(graph: Graph, metric: string, dimension?: { name: string; value: string }): boolean {
  return graph
    .all("MetricAlarm")
    .some(
      ({ inputs }) =>
        inputs["metricName"] === metric &&
        (!dimension || object(inputs["dimensions"])[dimension.name] === dimension.value) &&
        text(inputs["alarmActions"]).includes("alarm"),
    );
}

export const functionsAreWatched: Rule = (graph) =>
  graph
    .functions()
    .flatMap(({ name }) =>
      ["Errors", "Throttles"]
        .filter((metric) => !isWatched(graph, metric, { name: "FunctionName", value: name }))
        .map((metric) => `no alarm on ${metric} of ${name}`),
    );

export const queuesAreWatched: Rule = (graph) =>
  graph.all("EventSourceMapping").flatMap(({ inputs }) => {
    const queue = lastPart(inputs["eventSourceArn"]);
    return [
      [queue, "ApproximateAgeOfOldestMessage"] as const,
      [`${queue}-dead-letters`, "ApproximateNumberOfMessagesVisible"] as const,
    ]
      .filter(([name, metric]) => !isWatched(graph, metric, { name: "QueueName", value: name }))
      .map(([name, metric]) => `no alarm on ${metric} of ${name}`);
  });

const fromLogs: Record<string, string[]> = {
  "vsl-replicate-bridge": ["webhook-unsigned", "predictions-unfinished", "upstream-paused", "prediction-extra"],
  "vsl-storage": ["media-lost"],
};

/** What only a log tells is counted there, and the count is watched. */
export const logsAreWatched: Rule = (graph) => {
  const expected = graph.app.name === "vsl" ? Object.values(fromLogs).flat() : (fromLogs[graph.app.name] ?? []);
  const counted = graph.all("LogMetricFilter").map(({ inputs }) => object(inputs["metricTransformation"])["name"]);
  return expected.flatMap((name) => [
    ...(counted.includes(name) ? [] : [`nothing counts ${name} in the logs`]),
    ...(isWatched(graph, name) ? [] : [`no alarm on ${name}`]),
  ]);
};

export const apiIsWatched: Rule = (graph) => (isWatched(graph, "5xx") ? [] : ["no alarm on answers of 5xx"]);

/** The system's, and in prod one for each service. */
export const dashboardsAreThere: Rule = (graph) => {
  const service = graph.app.name.replace("vsl-", "");
  const isOfService = isServiceName(service);
  if (isOfService && graph.app.stage !== "prod") return [];
  const name = `vsl-${graph.app.stage}-${isOfService ? service : "system"}`;
  const there = graph.all("Dashboard").map(({ inputs }) => inputs["dashboardName"]);
  return there.includes(name) ? [] : [`no dashboard ${name}`];
};

/** A widget over a function that no longer exists stays empty, and looks like peace. */
export const dashboardsShowWhatIsThere: Rule = (graph) => {
  const made = new Set(graph.functions().map(({ name }) => name));
  return graph.all("Dashboard").flatMap((dashboard) => {
    const shown = [...text(dashboard.inputs["dashboardBody"]).matchAll(/"FunctionName","([^"]+)"/g)].map(
      ([, name]) => name,
    );
    return [...new Set(shown)]
      .filter((name) => name && !made.has(name))
      .map((name) => `${nameOf(dashboard)} shows ${name}, which is not there`);
  });
};
