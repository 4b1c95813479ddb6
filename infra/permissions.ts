type Statement = sst.aws.FunctionPermissionArgs;

/**
 * A link says where a thing is, and grants nothing: SST's own links allow `events:*`, `s3:*` and the like. What a function may
 * do stands beside its handler.
 */
export function linksGrantNothing(): void {
  sst.Linkable.wrap(sst.aws.Bus, (bus) => ({ properties: { name: bus.name, arn: bus.arn }, include: [] }));
  sst.Linkable.wrap(sst.aws.Queue, (queue) => ({ properties: { url: queue.url }, include: [] }));
  sst.Linkable.wrap(sst.aws.Dynamo, (table) => ({ properties: { name: table.name }, include: [] }));
  sst.Linkable.wrap(sst.aws.Bucket, (bucket) => ({ properties: { name: bucket.name }, include: [] }));
}

export const allow = (actions: string[], ...resources: $util.Input<string>[]): Statement => ({ actions, resources });

/** PutMetricData knows no resources; the namespace narrows it. */
export const allowMetrics: Statement = {
  actions: ["cloudwatch:PutMetricData"],
  resources: ["*"],
  conditions: [{ test: "StringEquals", variable: "cloudwatch:namespace", values: ["VSL/MediaGeneration"] }],
};
