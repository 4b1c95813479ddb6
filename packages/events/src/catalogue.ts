import { JobCancelRequested, JobRequested } from "./intake-events.ts";
import { JobCharged } from "./ledger-events.ts";
import { PredictionCompleted, PredictionStarted } from "./replicate-bridge-events.ts";
import { MediaLost, MediaStored } from "./storage-events.ts";

/** Every event of the system, in the order of a job's life. */
export const catalogue = [
  JobRequested,
  JobCancelRequested,
  PredictionStarted,
  PredictionCompleted,
  MediaStored,
  MediaLost,
  JobCharged,
] as const;
