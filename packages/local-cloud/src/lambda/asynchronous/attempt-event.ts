import type { Report } from "../../report.ts";
import type { FunctionTopology } from "../../topology.ts";
import { functionArn, type InvokeOptions, type Outcome } from "../invocation.ts";
import type { Destinations } from "./destinations.ts";
import type { QueuedEvent } from "./event-store.ts";
import { type Ending, invocationRecord } from "./invocation-record.ts";
import { isExpired, nextStep } from "./next-step.ts";

export interface AttemptPorts extends Destinations {
  invoke: (functionName: string, event: unknown, options: InvokeOptions) => Promise<Outcome>;
}

interface AttemptFacts {
  fn: FunctionTopology;
  region: string;
  account: string;
  report: Report;
  now: () => number;
}

type Settled = { kind: "ended" } | { kind: "retry"; event: QueuedEvent };

/** As much of an error as Lambda writes into a dead letter's attribute. */
const maxErrorMessage = 1_024;

/** Runs a function for an event once, and tells its destinations if that was the end of it. */
export async function attemptEvent(event: QueuedEvent, facts: AttemptFacts, ports: AttemptPorts): Promise<Settled> {
  const { fn, region, account, report, now } = facts;
  const config = fn.asynchronousInvocation;
  if (fn.reservedConcurrency === 0) return end(event, { condition: "ZeroReservedConcurrency", error: undefined });
  if (isExpired(event, config, now())) return end(event, { condition: "EventAgeExceeded", error: undefined });
  const { requestId, payload } = event;
  const clientContext = event.clientContext ?? undefined;
  const outcome = await ports.invoke(fn.name, JSON.parse(payload), { requestId, clientContext });
  const step = nextStep(event, outcome, config, now());
  return step.kind === "retry" ? step : end(step.event, step.ending);

  async function end(last: QueuedEvent, ending: Ending): Promise<Settled> {
    const { onSuccessArn, onFailureArn, deadLetterQueueArn } = config;
    const isSuccess = ending.condition === "Success";
    const destination = isSuccess ? onSuccessArn : onFailureArn;
    if (destination !== null) {
      const record = invocationRecord(last, functionArn(region, account, fn.name), ending, now());
      await told(destination, ports.sendRecord(destination, record));
    }
    if (isSuccess) return { kind: "ended" };
    if (deadLetterQueueArn !== null) {
      const ErrorMessage = (ending.error?.errorMessage ?? ending.condition).slice(0, maxErrorMessage);
      const attributes = { RequestID: requestId, ErrorCode: 200, ErrorMessage };
      await told(deadLetterQueueArn, ports.sendMessage(deadLetterQueueArn, payload, attributes));
    }
    report({ level: "WARN", message: `${fn.name} did not do the event ${requestId} (${ending.condition})` });
    return { kind: "ended" };
  }

  /** As on AWS, a destination that refuses is not asked again. */
  function told(arn: string, telling: Promise<void>): Promise<void> {
    return telling.catch((error: unknown) => {
      report({ level: "ERROR", message: `${arn} did not take what became of an invocation`, error });
    });
  }
}
