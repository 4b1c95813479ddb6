import type { PriceRule, StoredMedia } from "@vsl/events";
import { decideEntries, type Entry } from "./decide-entries.ts";
import type { Facts } from "./facts.ts";

type JobStatus = "pending" | "processing" | "completed" | "failed" | "canceled";

/** The rows of one job. Timestamps are ISO 8601 in UTC, money is microdollars. */
export interface JobProjection {
  job: {
    jobId: string;
    accountId: string;
    userId: string;
    mediaType: string;
    modelId: string;
    status: JobStatus;
    predictionId: string | null;
    errorCode: string | null;
    quotedMicros: number;
    chargedMicros: number | null;
    outputCount: number;
    storedBytes: number;
    createdAt: string;
    startedAt: string | null;
    completedAt: string | null;
  };
  model: { owner: string; name: string; version: string; priceRule: PriceRule };
  media: readonly StoredMedia[];
  entries: readonly Entry[];
}

/** Null while the request is unknown: facts may come before it, and wait. */
export function projectJob(facts: Facts): JobProjection | null {
  const request = facts.JobRequested?.payload;
  if (!request) return null;
  const media = (facts.MediaStored ?? facts.MediaLost)?.payload.media ?? [];
  const entries = decideEntries(facts);
  const end = endOf(facts);
  const completion = facts.PredictionCompleted?.payload;
  return {
    job: {
      ...{ jobId: request.jobId, accountId: request.accountId, userId: request.userId },
      ...{ mediaType: request.mediaType, modelId: request.modelId },
      status: end?.status ?? (facts.PredictionStarted || completion ? "processing" : "pending"),
      predictionId: completion?.predictionId ?? facts.PredictionStarted?.payload.predictionId ?? null,
      errorCode: end?.errorCode ?? null,
      quotedMicros: request.price.amountMicros,
      chargedMicros: chargedMicros(entries),
      outputCount: media.length,
      storedBytes: media.reduce((sum, { bytes }) => sum + bytes, 0),
      createdAt: request.requestedAt,
      startedAt: facts.PredictionStarted?.payload.startedAt ?? completion?.startedAt ?? null,
      completedAt: end?.at ?? null,
    },
    model: {
      ...{ owner: request.model.owner, name: request.model.name, version: request.model.version ?? "" },
      priceRule: request.price.rule,
    },
    media,
    entries,
  };
}

/** A charge and its corrections; null before the charge. */
function chargedMicros(entries: readonly Entry[]): number | null {
  const charged = entries.filter(({ kind }) => kind !== "quote");
  return charged.length === 0 ? null : charged.reduce((sum, { amountMicros }) => sum + amountMicros, 0);
}

function endOf({ PredictionCompleted: completed, MediaStored: stored, MediaLost: lost }: Facts) {
  if (completed && completed.payload.outcome !== "succeeded") {
    const { outcome, completedAt, error } = completed.payload;
    return { status: outcome, at: completedAt, errorCode: error?.code ?? null };
  }
  if (stored) return { status: "completed" as const, at: stored.payload.storedAt, errorCode: null };
  if (lost) {
    return { status: "failed" as const, at: lost.payload.lostAt, errorCode: lost.payload.lost[0]?.error.code ?? null };
  }
  return null;
}
