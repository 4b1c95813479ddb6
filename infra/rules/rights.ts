import type { EvaluatedFunction, Graph } from "../synth/graph.ts";
import type { Rule } from "./rule.ts";

const storesOf: Record<string, RegExp> = {
  intake: /table\/vsl-[\w-]+-realtime-jobs/,
  "replicate-bridge": /table\/vsl-[\w-]+-predictions/,
  storage: /:s3:::vsl-[\w-]+-media/,
};

/** Actions that AWS knows no resources for, each narrowed otherwise where it can be. */
const withoutResource: Record<string, RegExp | null> = {
  "cloudwatch:PutMetricData": /"cloudwatch:namespace":"VSL\/MediaGeneration"/,
  "xray:PutTraceSegments": null,
  "xray:PutTelemetryRecords": null,
};

const ofTheBus = ["events:PutEvents", "events:DescribeEventBus"];

const serviceOf = ({ handler }: EvaluatedFunction) => handler.split("/")[1] ?? "";

const everyRight = (graph: Graph) =>
  graph
    .functions()
    .flatMap((fn) =>
      fn.statements.flatMap((statement) =>
        statement.actions.flatMap((action) =>
          statement.resources.map((resource) => ({ fn, action, resource, conditions: statement.conditions })),
        ),
      ),
    );

/** No wildcard in an action; no resource but the thing itself. `sst dev` adds its own rights to each role, so it is not for dev. */
export const rightsAreExact: Rule = (graph) =>
  everyRight(graph).flatMap(({ fn, action, resource, conditions }) => {
    if (action.includes("*")) return [`${fn.name} may ${action}: name the actions that it calls`];
    if (action.startsWith("events:") && !ofTheBus.includes(action))
      return [`${fn.name} may ${action}: it only announces`];
    if (resource !== "*") return [];
    const narrowed = withoutResource[action];
    if (narrowed === undefined) return [`${fn.name} may ${action} on everything: name the resource`];
    return narrowed && !narrowed.test(JSON.stringify(conditions)) ? [`${fn.name} may ${action} in any namespace`] : [];
  });

/** A service's store is its own, however many services an app is composed of. */
export const storesAreNotShared: Rule = (graph) =>
  everyRight(graph).flatMap(({ fn, action, resource }) =>
    Object.entries(storesOf)
      .filter(([owner, store]) => owner !== serviceOf(fn) && store.test(resource))
      .map(([owner]) => `${fn.name} may ${action} on ${resource}, a store of ${owner}`),
  );
