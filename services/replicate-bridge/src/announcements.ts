import { type Announcement, announce, PredictionCompleted, PredictionStarted } from "@vsl/events";
import type { Ended, Running } from "./record.ts";

type Started = Pick<Running, "jobId" | "request" | "predictionId" | "startedAt">;

export function startedAnnouncement({ jobId, request, predictionId, startedAt }: Started): Announcement {
  const { accountId, userId, correlationId } = request;
  return announce(
    PredictionStarted,
    { jobId, accountId, userId, predictionId, startedAt },
    { correlationId, occurredAt: startedAt },
  );
}

/** None where no prediction was ever made. */
export function startOfEnded({ jobId, request, predictionId, startedAt }: Ended): Announcement[] {
  return predictionId && startedAt ? [startedAnnouncement({ jobId, request, predictionId, startedAt })] : [];
}

export function completedAnnouncement({ jobId, request, predictionId, outcome }: Ended): Announcement {
  const { correlationId, ...facts } = request;
  return announce(
    PredictionCompleted,
    { jobId, ...facts, predictionId, ...outcome },
    { correlationId, occurredAt: outcome.completedAt },
  );
}
