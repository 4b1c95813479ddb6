import type { FunctionTopology } from "../../topology.ts";
import { functionArn } from "../invocation.ts";

interface Place {
  region: string;
  account: string;
}

/** As far as this machine has it: a function here has no package, no role and no revision. */
export const describeConfiguration = (fn: FunctionTopology, { region, account }: Place) => ({
  FunctionName: fn.name,
  FunctionArn: functionArn(region, account, fn.name),
  Runtime: "nodejs24.x",
  Handler: fn.handler,
  Description: "",
  Timeout: fn.timeoutSeconds,
  MemorySize: fn.memoryMegabytes,
  Version: "$LATEST",
  ...(Object.keys(fn.environment).length > 0 && { Environment: { Variables: fn.environment } }),
  ...(fn.asynchronousInvocation.deadLetterQueueArn !== null && {
    DeadLetterConfig: { TargetArn: fn.asynchronousInvocation.deadLetterQueueArn },
  }),
  State: "Active",
  LastUpdateStatus: "Successful",
  PackageType: "Zip",
});

export const describeFunction = (fn: FunctionTopology, place: Place) => ({
  Configuration: describeConfiguration(fn, place),
  ...(fn.reservedConcurrency !== null && {
    Concurrency: { ReservedConcurrentExecutions: fn.reservedConcurrency },
  }),
});
