import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Outcome } from "../lambda/invocation.ts";
import { type Scheduler, startScheduler } from "./scheduler.ts";

const returned: Outcome = { kind: "returned", payload: null };
const failed: Outcome = { kind: "failed", error: { errorType: "Error", errorMessage: "no", trace: [] } };

let scheduler: Scheduler | undefined;

beforeEach(() => {
  vi.useFakeTimers({ now: Date.parse("2026-03-04T10:15:30Z") });
});

afterEach(async () => {
  await scheduler?.stop();
  vi.useRealTimers();
});

function schedule(expression: string, invoke: () => Promise<Outcome>, maximumRetryAttempts = 0) {
  const events: unknown[] = [];
  const reported: string[] = [];
  scheduler = startScheduler({
    schedules: [
      {
        name: "sweep",
        expression,
        timezone: "UTC",
        enabled: true,
        function: "sweeper",
        input: null,
        maximumRetryAttempts,
        maximumEventAgeInSeconds: 86_400,
        deadLetterQueueArn: null,
      },
    ],
    region: "us-east-1",
    account: "000000000000",
    invoke: (_functionName, event) => {
      events.push(event);
      return invoke();
    },
    report: ({ message }) => reported.push(message),
  });
  return { events, reported };
}

describe("the scheduler", () => {
  it("invokes one period after the start, with what EventBridge Scheduler sends", async () => {
    const { events } = schedule("rate(1 minute)", async () => returned);
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
    const { events } = schedule("cron(0/5 * * * ? *)", async () => returned);
    vi.setSystemTime(Date.parse("2026-03-04T13:02:00Z"));
    await vi.advanceTimersByTimeAsync(5 * 60_000);
    expect(events).toHaveLength(2);
  });

  it("does not wait for a run that is slow", async () => {
    const { events } = schedule("rate(1 minute)", () => new Promise(() => {}));
    await vi.advanceTimersByTimeAsync(180_000);
    expect(events).toHaveLength(3);
  });

  it("tries a failed run again, later and later, as often as the schedule allows", async () => {
    const { events, reported } = schedule("rate(1 hour)", async () => failed, 2);
    await vi.advanceTimersByTimeAsync(3_600_000);
    expect(events).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(events).toHaveLength(2);
    await vi.advanceTimersByTimeAsync(2_000);
    expect(events).toHaveLength(3);
    expect(reported).toEqual(["the schedule sweep failed"]);
    await vi.advanceTimersByTimeAsync(600_000);
    expect(events).toHaveLength(3);
  });

  it("gives a run up when the next one is due", async () => {
    const { events } = schedule("rate(1 minute)", async () => failed, 185);
    await vi.advanceTimersByTimeAsync(119_000);
    const attemptsOfFirst = events.length;
    expect(attemptsOfFirst).toBe(6);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(events).toHaveLength(attemptsOfFirst + 1);
  });

  it("invokes nothing after it has stopped", async () => {
    const { events } = schedule("rate(1 minute)", async () => returned);
    await scheduler?.stop();
    await vi.advanceTimersByTimeAsync(180_000);
    expect(events).toEqual([]);
  });

  it("says at the start which expression it cannot read", () => {
    expect(() => schedule("rate(soon)", async () => returned)).toThrow('"rate(soon)" is not a rate');
  });
});
