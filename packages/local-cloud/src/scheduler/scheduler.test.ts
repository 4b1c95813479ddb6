import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { AwsError } from "../endpoint/aws-error.ts";
import type { ScheduleTopology } from "../topology.ts";
import { type Scheduler, startScheduler } from "./scheduler.ts";

let scheduler: Scheduler | undefined;

beforeEach(() => {
  vi.useFakeTimers({ now: Date.parse("2026-03-04T10:15:30Z") });
});

afterEach(async () => {
  await scheduler?.stop();
  vi.useRealTimers();
});

function schedule(expression: string, { refusal, ...changes }: Partial<ScheduleTopology> & { refusal?: Error } = {}) {
  const events: unknown[] = [];
  const reported: string[] = [];
  const deadLetters: unknown[] = [];
  scheduler = startScheduler({
    schedules: [
      {
        name: "sweep",
        expression,
        timezone: "UTC",
        enabled: true,
        function: "sweeper",
        input: null,
        maximumRetryAttempts: 0,
        maximumEventAgeInSeconds: 86_400,
        deadLetterQueueArn: null,
        ...changes,
      },
    ],
    region: "us-east-1",
    account: "000000000000",
    accept: (_functionName, event) => {
      if (refusal) throw refusal;
      events.push(event);
    },
    sendDeadLetter: async (...letter) => void deadLetters.push(letter),
    report: ({ message }) => reported.push(message),
  });
  return { events, reported, deadLetters };
}

describe("the scheduler", () => {
  it("invokes one period after the start, with what EventBridge Scheduler sends", async () => {
    const { events } = schedule("rate(1 minute)");
    await vi.advanceTimersByTimeAsync(59_999);
    expect(events).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(events).toEqual([
      {
        version: "0",
        id: expect.stringMatching(/^[0-9a-f-]{36}$/),
        "detail-type": "Scheduled Event",
        source: "aws.scheduler",
        account: "000000000000",
        time: "2026-03-04T10:16:30Z",
        region: "us-east-1",
        resources: ["arn:aws:scheduler:us-east-1:000000000000:schedule/default/sweep"],
        detail: "{}",
      },
    ]);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(events).toHaveLength(2);
  });

  it("makes up no tick that was slept through", async () => {
    const { events } = schedule("cron(0/5 * * * ? *)");
    vi.setSystemTime(Date.parse("2026-03-04T13:02:00Z"));
    await vi.advanceTimersByTimeAsync(5 * 60_000);
    expect(events).toHaveLength(2);
  });

  it("gives the function the schedule's input, with its context attributes filled in", async () => {
    const input = '{"only":"<aws.scheduler.scheduled-time>","by":"<aws.scheduler.schedule-arn>"}';
    const { events } = schedule("rate(1 minute)", { input });
    await vi.advanceTimersByTimeAsync(60_000);
    expect(events).toEqual([
      { only: "2026-03-04T10:16:30Z", by: "arn:aws:scheduler:us-east-1:000000000000:schedule/default/sweep" },
    ]);
  });

  it("keeps to the schedule's time zone", async () => {
    const { events } = schedule("cron(0 12 * * ? *)", { timezone: "Europe/Berlin" });
    await vi.advanceTimersByTimeAsync(44 * 60_000);
    expect(events).toEqual([]);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(events).toHaveLength(1);
  });

  it("leaves a schedule alone that is disabled", async () => {
    const { events } = schedule("rate(1 minute)", { enabled: false });
    await vi.advanceTimersByTimeAsync(180_000);
    expect(events).toEqual([]);
  });

  it("sends what Lambda refuses to the dead-letter queue, and goes on", async () => {
    const refusal = new AwsError("ResourceNotFoundException", "Function not found: sweeper", { status: 404 });
    const deadLetterQueueArn = "arn:aws:sqs:us-east-1:000000000000:sweep-dead";
    const { reported, deadLetters } = schedule("rate(1 minute)", { refusal, deadLetterQueueArn, input: "{}" });
    await vi.advanceTimersByTimeAsync(120_000);
    expect(reported).toEqual(["the schedule sweep failed", "the schedule sweep failed"]);
    expect(deadLetters).toHaveLength(2);
    expect(deadLetters[0]).toEqual([
      deadLetterQueueArn,
      "{}",
      expect.objectContaining({
        ERROR_CODE: "ResourceNotFoundException",
        SCHEDULE_ARN: "arn:aws:scheduler:us-east-1:000000000000:schedule/default/sweep",
        TARGET_ARN: "arn:aws:lambda:us-east-1:000000000000:function:sweeper",
      }),
    ]);
  });

  it("invokes nothing after it has stopped", async () => {
    const { events } = schedule("rate(1 minute)");
    await scheduler?.stop();
    await vi.advanceTimersByTimeAsync(180_000);
    expect(events).toEqual([]);
  });

  it("says at the start what it cannot read", () => {
    expect(() => schedule("rate(soon)")).toThrow('"rate(soon)" is not a rate');
    expect(() => schedule("rate(1 day)", { timezone: "Mars/Olympus" })).toThrow('"Mars/Olympus" is not a time zone');
    expect(() => schedule("rate(1 day)", { input: "{" })).toThrow("The input of the schedule sweep is not JSON.");
  });
});
