import type { Invocation } from "../invocation.ts";

const startedOn = new Date().toISOString().slice(0, 10).replaceAll("-", "/");

/** The second argument of a handler, as Lambda's Node 24 runtime gives it. */
export const createContext = (invocation: Invocation) => ({
  callbackWaitsForEmptyEventLoop: true,
  functionName: invocation.functionName,
  functionVersion: "$LATEST",
  invokedFunctionArn: invocation.functionArn,
  memoryLimitInMB: String(invocation.memoryMegabytes),
  awsRequestId: invocation.requestId,
  logGroupName: `/aws/lambda/${invocation.functionName}`,
  logStreamName: `${startedOn}/[$LATEST]${process.pid}`,
  identity: undefined,
  clientContext: invocation.clientContext === undefined ? undefined : JSON.parse(invocation.clientContext),
  getRemainingTimeInMillis: () => Math.max(0, invocation.deadlineAt - Date.now()),
});
