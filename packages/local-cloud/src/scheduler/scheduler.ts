import { randomUUID } from "node:crypto";
import type { Report } from "../report.ts";
import type { ScheduleTopology } from "../topology.ts";
import { type NextTime, parseExpression } from "./expression.ts";
import { type Execution, scheduleArn, scheduledEvent } from "./scheduled-event.ts";

interface SchedulerOptions {
  schedules: ScheduleTopology[];
  region: string;
  account: string;
  /** Lambda's asynchronous invocation, which does the retrying of a function that fails. Throws what Lambda refuses. */
  accept: (functionName: string, event: unknown) => unknown;
  sendDeadLetter: (queueArn: string, body: string, attributes: Record<string, string>) => Promise<void>;
  report: Report;
  now?: () => number;
}

export interface Scheduler {
  /** Invokes nothing more; what was invoked goes on. */
  stop(): Promise<void>;
}

/** Timers stand still while a laptop sleeps: the clock is looked at this often. */
const maxTimerMs = 60_000;

/** EventBridge Scheduler: the first tick of a rate comes one period after the start, and ticks that were slept through are not made up. */
export function startScheduler(options: SchedulerOptions): Scheduler {
  const { schedules, region, account, accept, sendDeadLetter, report, now = Date.now } = options;
  const place = { region, account };
  const stopped = new AbortController();
  const parsed = schedules.map((schedule) => {
    checkInput(schedule);
    return { schedule, nextTime: parseExpression(schedule.expression, schedule.timezone) };
  });

  async function run(schedule: ScheduleTopology, nextTime: NextTime): Promise<void> {
    for (let at = nextTime(now()); at !== undefined; at = nextTime(Math.max(at, now()))) {
      if (!(await waitUntil(at))) return;
      await execute({ id: randomUUID(), schedule, scheduledAt: at });
    }
  }

  /** What Lambda refuses it would refuse again: no retry makes a function appear. */
  async function execute(execution: Execution): Promise<void> {
    const { schedule } = execution;
    const event = scheduledEvent(execution, place);
    try {
      accept(schedule.function, event);
    } catch (error) {
      report({ level: "WARN", message: `the schedule ${schedule.name} failed`, error });
      if (schedule.deadLetterQueueArn === null) return;
      await sendDeadLetter(schedule.deadLetterQueueArn, JSON.stringify(event), {
        ERROR_CODE: error instanceof Error ? error.name : "InternalError",
        ERROR_MESSAGE: error instanceof Error ? error.message : String(error),
        EXECUTION_ID: execution.id,
        RETRY_ATTEMPTS: "0",
        SCHEDULE_ARN: scheduleArn(place, schedule.name),
        SCHEDULED_TIME: new Date(execution.scheduledAt).toISOString(),
        TARGET_ARN: `arn:aws:lambda:${region}:${account}:function:${schedule.function}`,
      }).catch((refusal: unknown) => {
        report({
          level: "ERROR",
          message: `the dead-letter queue of ${schedule.name} did not take it`,
          error: refusal,
        });
      });
    }
  }

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

  const running = parsed
    .filter(({ schedule }) => schedule.enabled)
    .map(({ schedule, nextTime }) => run(schedule, nextTime));
  return {
    async stop() {
      stopped.abort();
      await Promise.all(running);
    },
  };
}

function checkInput({ name, input }: ScheduleTopology): void {
  if (input === null) return;
  try {
    JSON.parse(input);
  } catch (cause) {
    throw new Error(`The input of the schedule ${name} is not JSON.`, { cause });
  }
}
