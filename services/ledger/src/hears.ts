import {
  JobCancelRequested,
  JobRequested,
  MediaLost,
  MediaStored,
  PredictionCompleted,
  PredictionStarted,
} from "@vsl/events";

/** Every fact of a job but the ledger's own. */
export const hears = [
  JobRequested,
  JobCancelRequested,
  PredictionStarted,
  PredictionCompleted,
  MediaStored,
  MediaLost,
] as const;
