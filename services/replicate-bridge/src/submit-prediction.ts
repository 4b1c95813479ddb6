import type { Delivered, JobRequested } from "@vsl/events";
import { type Heard, nothingToAnnounce } from "@vsl/events/hear";
import { startedAnnouncement, startOfEnded } from "./announcements.ts";
import { canceledBeforeStart } from "./outcome.ts";
import { createPrediction, leaseMs, type PlacePorts, placePrediction } from "./place-prediction.ts";
import type { PredictionRecords } from "./prediction-records.ts";
import { type PredictionRecord, requestSchema, submissionSchema } from "./record.ts";
import { announceOutcome, repeatOutcome } from "./record-outcome.ts";
import { isoOf, msOf } from "./timestamp.ts";

export interface SubmitPorts extends PlacePorts {
  records: PlacePorts["records"] & Pick<PredictionRecords, "writeIntent" | "endTombstone">;
}

/** A delivery waits this long for its turn; what takes longer is the sweep's. */
const turnWithinMs = 10_000;

/**
 * Makes a job's prediction. Safe to repeat: the intent is written first and once, and whoever finds one repeats what may be missing
 * after it: the announcement, or the search for what an attempt has left upstream.
 */
export async function submitPrediction(ports: SubmitPorts, event: Delivered<typeof JobRequested>): Promise<Heard> {
  if (event.replayName !== null) return nothingToAnnounce;
  const { jobId, requestedAt } = event.payload;
  const request = requestSchema.parse({ ...event.payload, correlationId: event.correlationId });
  const submission = submissionSchema.parse(event.payload);
  const mayGo = await ports.creates.enter(turnWithinMs);
  const at = ports.now();
  const { written, record } = await ports.records.writeIntent({
    jobId,
    request,
    submission,
    attemptedAt: mayGo ? isoOf(at) : null,
    nextCheckAt: mayGo ? isoOf(at + leaseMs) : requestedAt,
  });
  if (!written) return resume(ports, record, request);
  return mayGo && record.state === "waiting" ? createPrediction(ports, record) : nothingToAnnounce;
}

async function resume(
  ports: SubmitPorts,
  record: PredictionRecord,
  request: ReturnType<typeof requestSchema.parse>,
): Promise<Heard> {
  switch (record.state) {
    case "tombstone": {
      const at = ports.now();
      const outcome = canceledBeforeStart(at);
      const ended = await ports.records.endTombstone(record.jobId, { request, outcome, at: isoOf(at) });
      return ended.recorded ? announceOutcome(ports, ended.record) : repeatOutcome(ports, ended.record);
    }
    case "waiting":
      return msOf(record.nextCheckAt) <= ports.now() ? placePrediction(ports, record, turnWithinMs) : nothingToAnnounce;
    case "running":
      return { announce: [startedAnnouncement(record)] };
    case "ended": {
      // It may have ended before its start could be announced, and then the outcome is all that was.
      const { announce, ...heard } = repeatOutcome(ports, record);
      return { ...heard, announce: announce.length > 0 ? announce : startOfEnded(record) };
    }
    default:
      return record satisfies never;
  }
}
