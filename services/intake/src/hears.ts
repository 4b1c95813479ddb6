import { JobCharged, JobRequested, MediaLost, MediaStored, PredictionCompleted, PredictionStarted } from "@vsl/events";

/** JobRequested is our own fact: it comes here only as a replay, so that the table can be rebuilt from the archive. */
export const hears = [
  PredictionStarted,
  PredictionCompleted,
  MediaStored,
  MediaLost,
  JobCharged,
  JobRequested,
] as const;
