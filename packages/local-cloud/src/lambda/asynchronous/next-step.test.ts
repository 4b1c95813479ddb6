import { describe, expect, it } from "vitest";
import { fixtureFunction } from "../../../test/fixtures/function-topology.ts";
import type { Outcome } from "../invocation.ts";
import type { QueuedEvent } from "./event-store.ts";
import { nextStep } from "./next-step.ts";

const event: QueuedEvent = {
  requestId: "r-1",
  functionName: "sweep",
  payload: "{}",
  clientContext: null,
  acceptedAt: 0,
  invocations: 0,
  throttles: 0,
  nextAt: 0,
};
const config = fixtureFunction("sweep").asynchronousInvocation;
const error = { errorType: "Error", errorMessage: "no", trace: [] };
const failed: Outcome = { kind: "failed", error };
const throttled: Outcome = { kind: "throttled" };

const after = (outcome: Outcome, changes: Partial<QueuedEvent> = {}, settings: Partial<typeof config> = {}) =>
  nextStep({ ...event, ...changes }, outcome, { ...config, ...settings }, 1_000);

describe("after an asynchronous invocation", () => {
  it("a success is the end", () => {
    expect(after({ kind: "returned", payload: 7 })).toMatchObject({ ending: { condition: "Success", payload: 7 } });
  });

  it("an error is tried again after one minute, then after two, and then given up", () => {
    expect(after(failed)).toMatchObject({ kind: "retry", event: { invocations: 1, nextAt: 61_000 } });
    expect(after(failed, { invocations: 1 })).toMatchObject({
      kind: "retry",
      event: { invocations: 2, nextAt: 121_000 },
    });
    expect(after(failed, { invocations: 2 })).toMatchObject({
      kind: "end",
      event: { invocations: 3 },
      ending: { condition: "RetriesExhausted", error },
    });
  });

  it("an error is tried again only as often as the function says", () => {
    expect(after(failed, {}, { maximumRetryAttempts: 0 })).toMatchObject({ ending: { condition: "RetriesExhausted" } });
  });

  it("a throttle costs no attempt, and is tried ever later until the event is too old", () => {
    expect(after(throttled)).toMatchObject({ event: { invocations: 0, throttles: 1, nextAt: 2_000 } });
    expect(after(throttled, { throttles: 3 })).toMatchObject({ event: { nextAt: 9_000 } });
    expect(after(throttled, { throttles: 20 })).toMatchObject({ event: { nextAt: 301_000 } });
    expect(after(throttled, { throttles: 20 }, { maximumEventAgeInSeconds: 60 })).toMatchObject({
      kind: "end",
      ending: { condition: "EventAgeExceeded", error: undefined },
    });
  });

  it("an error whose next attempt would come too late ends the event, with the error told", () => {
    expect(after(failed, {}, { maximumEventAgeInSeconds: 60 })).toMatchObject({
      ending: { condition: "EventAgeExceeded", error },
    });
  });
});
