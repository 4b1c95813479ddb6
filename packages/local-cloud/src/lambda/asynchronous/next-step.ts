import type { AsynchronousInvocation } from "../../topology.ts";
import type { FunctionError, Outcome } from "../invocation.ts";
import type { QueuedEvent } from "./event-store.ts";
import type { Ending } from "./invocation-record.ts";

type NextStep = { kind: "retry"; event: QueuedEvent } | { kind: "end"; event: QueuedEvent; ending: Ending };

/** Between the first and the second run of a function, and between the second and the third. */
const errorDelaysMs = [60_000, 120_000];
const firstThrottleDelayMs = 1_000;
const maxThrottleDelayMs = 300_000;

const expiresAt = ({ acceptedAt }: QueuedEvent, { maximumEventAgeInSeconds }: AsynchronousInvocation) =>
  acceptedAt + maximumEventAgeInSeconds * 1_000;

export const isExpired = (event: QueuedEvent, config: AsynchronousInvocation, now: number) =>
  now > expiresAt(event, config);

/** A function that failed runs twice more, after one minute and after two; one that had no room is asked until the event is too old. */
export function nextStep(event: QueuedEvent, outcome: Outcome, config: AsynchronousInvocation, now: number): NextStep {
  const ran = { ...event, invocations: event.invocations + 1 };
  switch (outcome.kind) {
    case "returned":
      return { kind: "end", event: ran, ending: { condition: "Success", payload: outcome.payload } };
    case "failed": {
      const delayMs = errorDelaysMs[event.invocations];
      if (event.invocations < config.maximumRetryAttempts && delayMs !== undefined) {
        return retry(ran, delayMs, outcome.error);
      }
      return { kind: "end", event: ran, ending: { condition: "RetriesExhausted", error: outcome.error } };
    }
    case "throttled": {
      const delayMs = Math.min(firstThrottleDelayMs * 2 ** event.throttles, maxThrottleDelayMs);
      return retry({ ...event, throttles: event.throttles + 1 }, delayMs, undefined);
    }
    default:
      return outcome satisfies never;
  }

  function retry(next: QueuedEvent, delayMs: number, error: FunctionError | undefined): NextStep {
    const nextAt = now + delayMs;
    if (nextAt <= expiresAt(event, config)) return { kind: "retry", event: { ...next, nextAt } };
    return { kind: "end", event: next, ending: { condition: "EventAgeExceeded", error } };
  }
}
