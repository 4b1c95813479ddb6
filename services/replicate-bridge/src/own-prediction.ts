import { isDeepStrictEqual } from "node:util";
import type { Prediction } from "./prediction.ts";
import type { Submission, Waiting } from "./record.ts";
import { isoOf, msOf } from "./timestamp.ts";
import { jobNamedIn } from "./webhook-url.ts";

/** How far our clock may be off upstream's when we look for what an attempt has left there. */
const clockSkewMs = 15 * 60_000;
const likenessSkewMs = 5_000;

export const searchFrom = (attemptedAt: string) => isoOf(msOf(attemptedAt) - clockSkewMs);

/**
 * Whether an attempt of ours may have made this prediction: `named` by its webhook, or, where none was sent, `alike`: same model,
 * same input, not older than the attempt. One that is alike may still be another job's; a claim decides.
 */
export function ownership(
  prediction: Prediction,
  { jobId, submission, attemptedAt }: Pick<Waiting, "jobId" | "submission" | "attemptedAt">,
): "named" | "alike" | null {
  if (prediction.webhook !== null) return jobNamedIn(prediction.webhook) === jobId ? "named" : null;
  if (attemptedAt === null || prediction.createdAt === null) return null;
  const young = msOf(prediction.createdAt) >= msOf(attemptedAt) - likenessSkewMs;
  return young && isSameModel(prediction, submission) && isDeepStrictEqual(prediction.input, submission.input)
    ? "alike"
    : null;
}

function isSameModel(prediction: Prediction, { model }: Submission): boolean {
  return model.version ? prediction.version === model.version : prediction.model === `${model.owner}/${model.name}`;
}

export const oldestFirst = (predictions: readonly Prediction[]) =>
  predictions.toSorted((left, right) => (left.createdAt ?? "").localeCompare(right.createdAt ?? ""));
