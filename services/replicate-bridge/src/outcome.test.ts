import { describe, expect, it } from "vitest";
import { prediction, startOfTest, succeeded } from "../test/examples.ts";
import { outcomeOf } from "./outcome.ts";

const context = { now: startOfTest + 5_000, cancelRequested: false };
const url = (name: string) => `https://replicate.delivery/yhqm/${name}`;

describe("outcomeOf", () => {
  it("is nothing while the prediction runs, also in a status that nobody knows yet", () => {
    for (const status of ["starting", "processing", "queued"]) {
      expect(outcomeOf(prediction({ status }), context)).toBeNull();
    }
  });

  it("tells outputs, their end, and the usage as measured", () => {
    expect(outcomeOf(prediction(succeeded), context)).toEqual({
      outcome: "succeeded",
      outputs: [{ index: 0, url: url("hcDDSNf/out-0.webp") }],
      outputsExpireAt: "2026-11-20T11:30:02.446Z",
      error: null,
      usage: { outputs: 1, outputSeconds: null, predictSeconds: 0.829263399 },
      startedAt: "2026-11-20T10:30:01.616Z",
      completedAt: "2026-11-20T10:30:02.446Z",
    });
  });

  it("counts what it got where upstream did not measure", () => {
    const output = [url("a.webp"), url("b.webp")];
    expect(outcomeOf(prediction({ ...succeeded, output, metrics: {} }), context)?.usage.outputs).toBe(2);
    expect(outcomeOf(prediction({ ...succeeded, output, metrics: null }), context)?.usage.outputs).toBe(2);
  });

  it("reads the seconds of a video and of a sound", () => {
    const usage = (metrics: object) => outcomeOf(prediction({ ...succeeded, metrics }), context)?.usage;
    expect(usage({ video_output_duration_seconds: 5 })).toMatchObject({ outputSeconds: 5 });
    expect(usage({ audio_output_duration_seconds: 30.5 })).toMatchObject({ outputSeconds: 30.5 });
    expect(usage({ video_output_duration_seconds: "5", predict_time: -1 })).toMatchObject({
      outputSeconds: null,
      predictSeconds: null,
    });
  });

  it("is failed with Replicate's own words, cut to 500 characters that every store takes", () => {
    const error = `\0${"x".repeat(499)}🌅`;
    const outcome = outcomeOf(prediction({ status: "failed", error }), context);
    expect(outcome).toMatchObject({ outcome: "failed", error: { code: "prediction_failed" } });
    expect(outcome?.error?.message).toHaveLength(500);
    expect(outcome?.error?.message.isWellFormed()).toBe(true);
    expect(outcome?.error?.message).not.toContain("\0");
  });

  it("is failed when upstream aborted it, unless the caller wanted its end", () => {
    const aborted = prediction({ status: "aborted" });
    expect(outcomeOf(aborted, context)).toMatchObject({ outcome: "failed", error: { code: "prediction_aborted" } });
    expect(outcomeOf(aborted, { ...context, cancelRequested: true })).toMatchObject({ outcome: "canceled" });
  });

  it("is canceled, with what was measured until then", () => {
    const canceled = prediction({ status: "canceled", metrics: { predict_time: 3.5 } });
    expect(outcomeOf(canceled, context)).toMatchObject({
      outcome: "canceled",
      error: { code: "prediction_canceled" },
      usage: { outputs: 0, predictSeconds: 3.5 },
    });
  });

  it("is failed when there is no file among the outputs", () => {
    for (const output of [null, [], "a caption", { text: "hello" }, 7]) {
      expect(outcomeOf(prediction({ ...succeeded, output }), context)?.error?.code).toBe("no_output");
    }
  });

  it("is failed as expired when upstream has deleted the outputs, or an hour has passed", () => {
    const output = null;
    expect(outcomeOf(prediction({ ...succeeded, output, data_removed: true }), context)?.error?.code).toBe(
      "output_expired",
    );
    const late = { ...context, now: startOfTest + 2 * 3_600_000 };
    expect(outcomeOf(prediction({ ...succeeded, output }), late)?.error?.code).toBe("output_expired");
  });
});
