import type { FunctionError } from "../invocation.ts";
import type { QueuedEvent } from "./event-store.ts";

/** How Lambda's part in an asynchronous invocation ends, in the words of its records. */
export type Ending =
  | { condition: "Success"; payload: unknown }
  | {
      condition: "RetriesExhausted" | "EventAgeExceeded" | "ZeroReservedConcurrency";
      /** The last run's, if it had one. */
      error: FunctionError | undefined;
    };

/** What Lambda tells a destination of an asynchronous invocation. */
export function invocationRecord(event: QueuedEvent, functionArn: string, ending: Ending, now: number) {
  const answer = ending.condition === "Success" ? ending.payload : ending.error;
  return {
    version: "1.0",
    timestamp: new Date(now).toISOString(),
    requestContext: {
      requestId: event.requestId,
      functionArn: `${functionArn}:$LATEST`,
      condition: ending.condition,
      approximateInvokeCount: event.invocations,
    },
    requestPayload: JSON.parse(event.payload),
    // Nothing has answered an event that no function has seen.
    ...(answer !== undefined && {
      responseContext: {
        statusCode: 200,
        executedVersion: "$LATEST",
        ...(ending.condition !== "Success" && { functionError: "Unhandled" }),
      },
      responsePayload: answer,
    }),
  };
}

export type InvocationRecord = ReturnType<typeof invocationRecord>;
