import { type Heard, nothingToAnnounce } from "@vsl/events/hear";
import { startedAnnouncement } from "./announcements.ts";
import { nextCheckAt, suspiciousAfterMs } from "./check-schedule.ts";
import type { Gate } from "./gate.ts";
import type { Log } from "./log.ts";
import { outcomeOf, outcomeWithout } from "./outcome.ts";
import type { PredictionRecords } from "./prediction-records.ts";
import type { Running } from "./record.ts";
import { type RecordOutcomePorts, recordOutcome } from "./record-outcome.ts";
import { isoOf, msOf } from "./timestamp.ts";
import { isTrouble, type Upstream } from "./upstream.ts";

export interface CheckPorts extends RecordOutcomePorts {
  records: RecordOutcomePorts["records"] & Pick<PredictionRecords, "postponeCheck">;
  upstream: Pick<Upstream, "readPrediction" | "cancelPrediction">;
  reads: Gate;
  /** Null where webhooks come and polling is only the safety net. */
  polledEveryMs: number | null;
  log: Log;
}

const turnWithinMs = 5_000;
const missingForMs = 5 * 60_000;

/** Asks upstream how a prediction is. Safe to repeat: it writes an outcome once, or the time of the next check. */
export async function checkPrediction(ports: CheckPorts, record: Running): Promise<Heard> {
  if (!(await ports.reads.enter(turnWithinMs))) return nothingToAnnounce;
  const answer = await ports.upstream.readPrediction(record.predictionId);
  await ports.reads.note(answer);
  const now = ports.now();
  if (now - msOf(record.startedAt) >= suspiciousAfterMs) warn(ports, record, "unfinished after 45 minutes");
  // The first check says the start again: its announcer may have died before.
  const heard = record.checks === 0 ? { announce: [startedAnnouncement(record)] } : nothingToAnnounce;
  if (isTrouble(answer)) return { ...heard, afterwards: () => postpone(ports, record, record.missingSince) };
  if (answer.kind === "missing") {
    const missingSince = record.missingSince ?? isoOf(now);
    if (now - msOf(missingSince) < missingForMs) {
      return { ...heard, afterwards: () => postpone(ports, record, missingSince) };
    }
    const message = "Replicate does not know the prediction any more.";
    return recordOutcome(ports, record, outcomeWithout({ code: "prediction_missing", message, now }));
  }
  const outcome = outcomeOf(answer.prediction, { now, cancelRequested: record.cancelRequestedAt !== null });
  if (outcome) return recordOutcome(ports, record, outcome);
  if (record.cancelRequestedAt) await ports.upstream.cancelPrediction(record.predictionId);
  return { ...heard, afterwards: () => postpone(ports, record, null) };
}

function postpone({ records, polledEveryMs, now }: CheckPorts, record: Running, missingSince: string | null) {
  return records.postponeCheck(record, {
    nextCheckAt: nextCheckAt({ now: now(), checks: record.checks, polledEveryMs }),
    missingSince,
  });
}

const warn = ({ log }: CheckPorts, { jobId, predictionId, checks }: Running, message: string) =>
  log({ level: "WARN", message, jobId, predictionId, checks });
