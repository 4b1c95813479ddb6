import { type Input, type Right, textOf } from "./right.ts";

/** CloudWatch's metrics are no resources: the namespace alone can narrow who writes them. */
export function cloudwatchRights(operation: string, input: Input): Right[] {
  const context = operation === "PutMetricData" ? { "cloudwatch:namespace": textOf(input["Namespace"]) } : {};
  return [{ action: `cloudwatch:${operation}`, resource: "*", context }];
}
