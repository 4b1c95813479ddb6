import { PredictionCompleted } from "@vsl/events";
import type { z } from "zod";
import { outputUrls } from "./output-urls.ts";
import { type Prediction, type TerminalStatus, terminalStatusOf } from "./prediction.ts";
import { isoOf, msOf } from "./timestamp.ts";

/** How a prediction ended, as PredictionCompleted tells it. */
export const outcomeSchema = PredictionCompleted.payload.pick({
  outcome: true,
  outputs: true,
  outputsExpireAt: true,
  error: true,
  usage: true,
  startedAt: true,
  completedAt: true,
});
export type Outcome = z.output<typeof outcomeSchema>;

/** Upstream deletes outputs an hour after the prediction ended. Source: replicate.com/docs, data retention. */
const outputLifetimeMs = 60 * 60_000;
const maxMessageLength = 500;

/** Why a job ended without a prediction that succeeded; stable codes for callers. */
export type OutcomeCode =
  | "upstream_rejected"
  | "insufficient_credit"
  | "prediction_failed"
  | "prediction_canceled"
  | "prediction_aborted"
  | "prediction_missing"
  | "no_output"
  | "output_expired";

/** Null while the prediction runs. */
export function outcomeOf(
  prediction: Prediction,
  { now, cancelRequested }: { now: number; cancelRequested: boolean },
): Outcome | null {
  const status = terminalStatusOf(prediction);
  if (!status) return null;
  const completedAt = prediction.completedAt ?? isoOf(now);
  const urls = status === "succeeded" ? outputUrls(prediction.output) : [];
  const failure = failureOf(prediction, { status, urls, now, cancelRequested });
  return {
    outcome: failure?.outcome ?? "succeeded",
    outputs: urls.map((url, index) => ({ index, url })),
    outputsExpireAt: isoOf(msOf(completedAt) + outputLifetimeMs),
    error: failure ? { code: failure.code, message: bounded(failure.message) } : null,
    usage: usageOf(prediction, urls.length),
    startedAt: prediction.startedAt,
    completedAt,
  };
}

/** An outcome that no prediction had: refused, canceled before it was made, or gone. */
export function outcomeWithout({ code, message, now }: { code: OutcomeCode; message: string; now: number }): Outcome {
  return {
    outcome: code === "prediction_canceled" ? "canceled" : "failed",
    outputs: [],
    outputsExpireAt: isoOf(now),
    error: { code, message: bounded(message) },
    usage: { outputs: 0, outputSeconds: null, predictSeconds: null },
    startedAt: null,
    completedAt: isoOf(now),
  };
}

export const canceledBeforeStart = (now: number) =>
  outcomeWithout({ code: "prediction_canceled", message: "The job was canceled before it was submitted.", now });

interface Ending {
  outcome: "failed" | "canceled";
  code: OutcomeCode;
  message: string;
}

const canceled: Ending = { outcome: "canceled", code: "prediction_canceled", message: "The prediction was canceled." };

function failureOf(
  prediction: Prediction,
  context: { status: TerminalStatus; urls: readonly string[]; now: number; cancelRequested: boolean },
): Ending | null {
  const { status, urls, now, cancelRequested } = context;
  switch (status) {
    case "succeeded":
      return urls.length > 0 ? null : emptyHanded(prediction, now);
    case "canceled":
      return canceled;
    case "aborted":
      // Upstream's word for an end before the start, whoever wanted it.
      if (cancelRequested) return canceled;
      return { outcome: "failed", code: "prediction_aborted", message: upstreamMessage(prediction, "was aborted") };
    case "failed":
      return { outcome: "failed", code: "prediction_failed", message: upstreamMessage(prediction, "failed") };
    default:
      return status satisfies never;
  }
}

function emptyHanded({ dataRemoved, completedAt }: Prediction, now: number): Ending {
  if (dataRemoved || (completedAt && msOf(completedAt) + outputLifetimeMs <= now)) {
    return { outcome: "failed", code: "output_expired", message: "Replicate had deleted the output." };
  }
  return { outcome: "failed", code: "no_output", message: "The prediction succeeded without any output file." };
}

const upstreamMessage = ({ error }: Prediction, verb: string) =>
  typeof error === "string" && error.trim() ? error : `The prediction ${verb} without a reason.`;

/** Stores refuse NUL and lone surrogates; cutting could make one. */
const bounded = (message: string) => message.replaceAll("\0", "").slice(0, maxMessageLength).toWellFormed();

function usageOf({ metrics }: Prediction, outputs: number): Outcome["usage"] {
  const count = quantity(metrics["image_count"]);
  return {
    outputs: count !== null && Number.isSafeInteger(count) ? count : outputs,
    outputSeconds:
      quantity(metrics["video_output_duration_seconds"]) ?? quantity(metrics["audio_output_duration_seconds"]),
    predictSeconds: quantity(metrics["predict_time"]),
  };
}

const quantity = (value: unknown) => (typeof value === "number" && Number.isFinite(value) && value >= 0 ? value : null);
