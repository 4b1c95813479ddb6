import type { PredictionId } from "@vsl/events";
import type { Prediction } from "./prediction.ts";
import type { Submission } from "./record.ts";

/** What keeps us from an answer. None of it is the job's fault, and none of it fails a job. */
export type Trouble =
  /** Refused for now, and certainly not done. */
  | { kind: "throttled"; retryAfterSeconds: number }
  /** The token is wrong or revoked: a human must mend it. Certainly not done. */
  | { kind: "unauthorized" }
  /** 5xx, a broken connection, a timeout, an unreadable answer: it may or may not have been done. */
  | { kind: "unclear"; reason: string };

export type CreateAnswer =
  | { kind: "created"; prediction: Prediction }
  | { kind: "refused"; code: "upstream_rejected" | "insufficient_credit"; message: string }
  | Trouble;

export type ReadAnswer = { kind: "found"; prediction: Prediction } | { kind: "missing" } | Trouble;

/** Replicate, as far as we need it. Each call is one request with a deadline, never repeated by itself. */
export interface Upstream {
  createPrediction: (submission: Submission, webhookUrl: string | null) => Promise<CreateAnswer>;
  readPrediction: (predictionId: PredictionId, options?: { deadlineMs?: number }) => Promise<ReadAnswer>;
  /** Without effect on one that has ended. */
  cancelPrediction: (predictionId: PredictionId) => Promise<ReadAnswer>;
  /** All that match among those created since. */
  findPredictions: (search: {
    createdAfter: string;
    matches: (prediction: Prediction) => boolean;
  }) => Promise<{ kind: "searched"; predictions: Prediction[] } | Trouble>;
}

export const isTrouble = (answer: { kind: string } | Trouble): answer is Trouble =>
  answer.kind === "throttled" || answer.kind === "unauthorized" || answer.kind === "unclear";
