import type { JobId, PredictionId } from "@vsl/events";
import type { Outcome } from "./outcome.ts";
import type { Ended, PredictionRecord, Request, Running, Submission, Waiting } from "./record.ts";

/**
 * Our memory of predictions. Every write is conditional on the state it starts from, so that of two that race exactly one wins;
 * the loser is told what is there now. Times are ISO 8601 UTC with milliseconds.
 */
export interface PredictionRecords {
  readRecord: (jobId: JobId) => Promise<PredictionRecord | null>;
  /** Only for a job without a record. `attemptedAt: null` leaves it to the sweep; else the writer attempts it until `nextCheckAt`. */
  writeIntent: (intent: {
    jobId: JobId;
    request: Request;
    submission: Submission;
    attemptedAt: string | null;
    nextCheckAt: string;
  }) => Promise<{ written: boolean; record: PredictionRecord }>;
  /** Takes a waiting record for one attempt; null when somebody else did, or it moved on. */
  lease: (record: Waiting, lease: { at: string; until: string }) => Promise<Waiting | null>;
  /** Back to the sweep: this lease's attempt certainly made no prediction. Without effect when the lease is another's by now. */
  defer: (leased: Waiting) => Promise<PredictionRecord | null>;
  /** From waiting to running; the first one wins. `nextCheckAt: null` keeps the lease's end as the first check. */
  savePrediction: (
    jobId: JobId,
    prediction: { predictionId: PredictionId; startedAt: string; nextCheckAt: string | null },
  ) => Promise<{ saved: boolean; record: PredictionRecord | null }>;
  /** False when the prediction is another job's. `expiresAt`: epoch seconds. */
  claimPrediction: (predictionId: PredictionId, claim: { jobId: JobId; expiresAt: number }) => Promise<boolean>;
  /** Remembers the wish in whatever state the job is; makes a tombstone of a job that is not known yet. */
  requestCancel: (jobId: JobId, at: string) => Promise<PredictionRecord>;
  /**
   * Once. A record that was not attempted when it was read must still not be. `adopted`: the prediction whose outcome it is, where
   * the record does not know one yet.
   */
  recordOutcome: (
    record: Waiting | Running,
    ending: { outcome: Outcome; at: string; adopted?: { predictionId: PredictionId; startedAt: string } },
  ) => Promise<{ recorded: true; record: Ended } | { recorded: false; record: PredictionRecord | null }>;
  /** Ends a job whose cancel was heard before its request. */
  endTombstone: (
    jobId: JobId,
    ending: { request: Request; outcome: Outcome; at: string },
  ) => Promise<{ recorded: true; record: Ended } | { recorded: false; record: PredictionRecord | null }>;
  /** Nothing is left to do; the record itself is kept for 90 days after its end, for late repetitions. */
  markAnnounced: (record: Ended) => Promise<void>;
  /** Counts one check. Without effect when the prediction has ended, or was checked by somebody else, since it was read. */
  postponeCheck: (record: Running, check: { nextCheckAt: string; missingSince: string | null }) => Promise<void>;
  /** Waiting records that nobody attempts, the oldest request first. */
  listDeferred: (limit: number) => Promise<Waiting[]>;
  /** Others that still need work, in the wanted state and due before a time, the most overdue first. */
  listInFlight: <State extends InFlightState>(
    wanted: State,
    due: { before: string; limit: number },
  ) => Promise<Extract<PredictionRecord, { state: State }>[]>;
}

type InFlightState = "waiting" | "running" | "ended";
