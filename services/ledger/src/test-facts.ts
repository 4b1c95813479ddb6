import {
  type Announcement,
  announce,
  JobCancelRequested,
  JobRequested,
  jobIdSchema,
  MediaLost,
  MediaStored,
  type PayloadOf,
  PredictionCompleted,
  PredictionStarted,
  parseDelivery,
} from "@vsl/events";
import { delivery } from "@vsl/events/testing";
import type { LedgerEvent } from "./facts.ts";
import { hears } from "./hears.ts";

interface StoryChanges {
  job?: string;
  requested?: Partial<PayloadOf<typeof JobRequested>>;
  completed?: Partial<PayloadOf<typeof PredictionCompleted>>;
  stored?: Partial<PayloadOf<typeof MediaStored>>;
}

/** The announcements of one job's life, by event, from the contract's own examples. For tests. */
export function story({
  job = "019a9f3c-5a00-7cc3-98c4-dc0c0c07398f",
  requested,
  completed,
  stored,
}: StoryChanges = {}) {
  const jobId = jobIdSchema.parse(job);
  const say = { correlationId: job, occurredAt: "2026-11-20T10:30:00.000Z" };
  const request = { ...JobRequested.payload.parse(JobRequested.example), ...requested, jobId };
  const completion = { ...PredictionCompleted.payload.parse(PredictionCompleted.example), ...completed, jobId };
  const media = { ...MediaStored.payload.parse(MediaStored.example), ...stored, jobId };
  const started = { ...PredictionStarted.payload.parse(PredictionStarted.example), jobId };
  const canceled = { ...JobCancelRequested.payload.parse(JobCancelRequested.example), jobId };
  const lost = { ...MediaLost.payload.parse(MediaLost.example), jobId };
  return {
    requested: announce(JobRequested, request, { ...say, occurredAt: request.requestedAt }),
    cancelRequested: announce(JobCancelRequested, canceled, say),
    started: announce(PredictionStarted, started, { ...say, occurredAt: started.startedAt }),
    completed: announce(PredictionCompleted, completion, { ...say, occurredAt: completion.completedAt }),
    stored: announce(MediaStored, media, { ...say, occurredAt: media.storedAt }),
    lost: announce(MediaLost, lost, { ...say, occurredAt: lost.lostAt }),
  };
}

/** As the ledger's queue brings it. */
export const delivered = (announcement: Announcement, replayName?: string): LedgerEvent =>
  parseDelivery(hears, delivery(announcement, replayName ? { "replay-name": replayName } : {}));
