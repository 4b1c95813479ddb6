import { randomUUID } from "node:crypto";
import { AwsError } from "../../endpoint/aws-error.ts";
import type { Report } from "../../report.ts";
import type { FunctionTopology } from "../../topology.ts";
import { functionArn } from "../invocation.ts";
import { maxAsynchronousRequestBytes } from "../limits.ts";
import { type AttemptPorts, attemptEvent } from "./attempt-event.ts";
import { openEventStore, type QueuedEvent } from "./event-store.ts";

export interface EventQueueOptions {
  functions: FunctionTopology[];
  dataDir: string;
  region: string;
  account: string;
  report: Report;
  now?: () => number;
}

export interface EventQueue {
  /** On the disk when it returns the request's id. Throws what Lambda refuses to take. */
  accept(functionName: string, event: unknown, options?: { clientContext?: string | undefined }): string;
  /** Begins to invoke, also what an earlier run has left. */
  start(ports: AttemptPorts): void;
  /** Invokes nothing more. What is under way is invoked again by the next start, unless it settles before `close`. */
  stop(): void;
  close(): Promise<void>;
}

/** A function without a reservation leaves most of the account's concurrency to others. */
const unreservedAtOnce = 100;
const maxTimerMs = 60_000;

/** Lambda's queue of asynchronous invocations: at least once, retried as AWS does, and told of where the function says. */
export function createEventQueue(options: EventQueueOptions): EventQueue {
  const { functions, dataDir, region, account, report, now = Date.now } = options;
  const byName = new Map(functions.map((fn) => [fn.name, fn]));
  const store = openEventStore(dataDir);
  const underWay = new Map<string, Set<string>>();
  const runs = new Set<Promise<void>>();
  let ports: AttemptPorts | undefined;
  let timer: NodeJS.Timeout | undefined;

  function pump(): void {
    clearTimeout(timer);
    if (ports === undefined) return;
    const at = now();
    for (const functionName of store.functionNames()) {
      const busy = underWay.get(functionName) ?? new Set();
      underWay.set(functionName, busy);
      const room = Math.max(1, byName.get(functionName)?.reservedConcurrency ?? unreservedAtOnce) - busy.size;
      if (room <= 0) continue;
      const due = store.due(functionName, at, busy.size + room).filter(({ requestId }) => !busy.has(requestId));
      for (const event of due.slice(0, room)) begin(event, busy, ports);
    }
    // What has no room now is looked at when what is under way has settled.
    const nextAt = store.firstAfter(at);
    if (nextAt !== undefined) timer = setTimeout(pump, Math.min(nextAt - at, maxTimerMs));
  }

  function begin(event: QueuedEvent, busy: Set<string>, into: AttemptPorts): void {
    busy.add(event.requestId);
    const run = attempt(event, into)
      .catch((error: unknown) => {
        report({ level: "ERROR", message: `an event for ${event.functionName} was lost sight of`, error });
        store.postpone({ ...event, nextAt: now() + maxTimerMs });
      })
      .finally(() => {
        busy.delete(event.requestId);
        runs.delete(run);
        pump();
      });
    runs.add(run);
  }

  async function attempt(event: QueuedEvent, into: AttemptPorts): Promise<void> {
    const { functionName, requestId } = event;
    const fn = byName.get(functionName);
    if (fn === undefined) {
      report({ level: "WARN", message: `an event for ${functionName} is dropped: there is no such function now` });
      return store.remove(requestId);
    }
    const invoke: AttemptPorts["invoke"] = async (...call) => {
      const outcome = await into.invoke(...call);
      // What our own end has cut off counts as not begun.
      return ports === undefined && outcome.kind === "failed" ? { kind: "throttled" } : outcome;
    };
    const settled = await attemptEvent(event, { fn, region, account, report, now }, { ...into, invoke });
    if (settled.kind === "ended") store.remove(requestId);
    // The next start need not wait.
    else if (ports !== undefined) store.postpone(settled.event);
  }

  function stop(): void {
    ports = undefined;
    clearTimeout(timer);
  }

  return {
    accept(functionName, event, { clientContext } = {}) {
      if (!byName.has(functionName)) {
        const arn = functionArn(region, account, functionName);
        throw new AwsError("ResourceNotFoundException", `Function not found: ${arn}`, { status: 404 });
      }
      const payload = JSON.stringify(event) ?? "null";
      if (Buffer.byteLength(payload) > maxAsynchronousRequestBytes) {
        const message = `Request must be smaller than ${maxAsynchronousRequestBytes} bytes for the InvokeFunction operation`;
        throw new AwsError("RequestTooLargeException", message, { status: 413 });
      }
      const requestId = randomUUID();
      store.add({ requestId, functionName, payload, clientContext: clientContext ?? null, acceptedAt: now() });
      // Not within this call: the caller's answer comes first.
      setImmediate(pump);
      return requestId;
    },
    start(given) {
      ports = given;
      pump();
    },
    stop,
    async close() {
      stop();
      await Promise.all(runs);
      store.close();
    },
  };
}
