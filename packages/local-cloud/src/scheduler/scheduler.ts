import { randomUUID } from "node:crypto";
import type { Outcome } from "../lambda/invocation.ts";
import type { Report } from "../report.ts";
import type { Topology } from "../topology.ts";
import { type NextTime, parseExpression } from "./expression.ts";

interface SchedulerOptions {
  schedules: Topology["schedules"];
  region: string;
  account: string;
  invoke: (functionName: string, event: unknown) => Promise<Outcome>;
  report: Report;
  now?: () => number;
  firstRetryMs?: number;
}

export interface Scheduler {
  /** Invokes nothing more; what was invoked goes on. */
  stop(): Promise<void>;
}

/** Timers stand still while a laptop sleeps: the clock is looked at this often. */
const maxTimerMs = 60_000;
const maxRetryMs = 60_000;

/** EventBridge Scheduler: the first tick comes one period after the start, and ticks that were slept through are not made up. */
export function startScheduler(options: SchedulerOptions): Scheduler {
  const { schedules, region, account, invoke, report, now = Date.now, firstRetryMs = 1_000 } = options;
  const stopped = new AbortController();
  const parsed = schedules.map((schedule) => ({ schedule, nextTime: parseExpression(schedule.expression) }));

  async function run(schedule: Topology["schedules"][number], nextTime: NextTime): Promise<void> {
    for (let at = nextTime(now()); at !== undefined; at = nextTime(Math.max(at, now()))) {
      if (!(await waitUntil(at))) return;
      // Not awaited: a slow run does not hold up the next, as on AWS.
      void invokeWithRetries(schedule, at, nextTime(at));
    }
  }

  /** Another tick ends the retries of the one before. */
  async function invokeWithRetries(
    schedule: Topology["schedules"][number],
    at: number,
    until: number | undefined,
  ): Promise<void> {
    const event = scheduledEvent(schedule.name, at);
    for (let attempt = 0, waitMs = firstRetryMs; ; attempt += 1, waitMs = Math.min(waitMs * 2, maxRetryMs)) {
      const outcome = await invoke(schedule.function, event).catch((error: unknown) => error);
      if (isReturned(outcome) || stopped.signal.aborted) return;
      const isLast = attempt >= schedule.maximumRetryAttempts || (until !== undefined && now() + waitMs >= until);
      if (isLast)
        return report({ level: "WARN", message: `the schedule ${schedule.name} failed`, error: reasonOf(outcome) });
      if (!(await pause(waitMs))) return;
    }
  }

  /** What EventBridge Scheduler sends to a function when the schedule names no input; `detail` is text there, too. */
  const scheduledEvent = (name: string, at: number) => ({
    version: "0",
    id: randomUUID(),
    "detail-type": "Scheduled Event",
    source: "aws.scheduler",
    account,
    time: new Date(at).toISOString().replace(/\.\d+Z$/, "Z"),
    region,
    resources: [`arn:aws:scheduler:${region}:${account}:schedule/default/${name}`],
    detail: "{}",
  });

  async function waitUntil(at: number): Promise<boolean> {
    while (now() < at) {
      if (!(await pause(Math.min(at - now(), maxTimerMs)))) return false;
    }
    return !stopped.signal.aborted;
  }

  /** False when the scheduler stops meanwhile. */
  const pause = (ms: number) =>
    new Promise<boolean>((resolve) => {
      if (stopped.signal.aborted) return resolve(false);
      const stop = () => {
        clearTimeout(timer);
        resolve(false);
      };
      const timer = setTimeout(() => {
        stopped.signal.removeEventListener("abort", stop);
        resolve(true);
      }, ms);
      stopped.signal.addEventListener("abort", stop, { once: true });
    });

  const running = parsed.map(({ schedule, nextTime }) => run(schedule, nextTime));
  return {
    async stop() {
      stopped.abort();
      await Promise.all(running);
    },
  };
}

const isReturned = (outcome: unknown) =>
  typeof outcome === "object" && outcome !== null && "kind" in outcome && outcome.kind === "returned";

const reasonOf = (outcome: unknown) =>
  typeof outcome === "object" && outcome !== null && "error" in outcome ? outcome.error : outcome;
