import { type Announcement, announce, PredictionCompleted, PredictionStarted } from "@vsl/events";
import type { Ended, Running } from "./record.ts";

export function startedAnnouncement({ jobId, request, predictionId, startedAt }: Running): Announcement {
  const { accountId, userId, correlationId } = request;
  return announce(
    PredictionStarted,
    { jobId, accountId, userId, predictionId, startedAt },
    { correlationId, occurredAt: startedAt },
  );
}

export function completedAnnouncement({ jobId, request, predictionId, outcome }: Ended): Announcement {
  const { correlationId, ...facts } = request;
  return announce(
    PredictionCompleted,
    { jobId, ...facts, predictionId, ...outcome },
    { correlationId, occurredAt: outcome.completedAt },
  );
}
