export { type LocalCloud, type LocalCloudOptions, startLocalCloud } from "./boot/start-local-cloud.ts";
export type { Observe, ObservedCall } from "./endpoint/observe.ts";
export type { FunctionError, Outcome } from "./lambda/invocation.ts";
export { type ReadLogsOptions, readLogs } from "./lambda/service-logs.ts";
export type { Report } from "./report.ts";
export { parseTopology, type Topology } from "./topology.ts";
