import type { JobId } from "@vsl/events";
import { type Heard, nothingToAnnounce } from "@vsl/events/hear";
import { startedAnnouncement } from "./announcements.ts";
import { type KeepPorts, keepPrediction } from "./keep-prediction.ts";
import { type Outcome, outcomeOf } from "./outcome.ts";
import { type Prediction, terminalStatusOf } from "./prediction.ts";
import type { PredictionRecords } from "./prediction-records.ts";
import type { Ended, PredictionRecord, Running, Waiting } from "./record.ts";
import { announceOutcome, type RecordOutcomePorts, recordOutcome, repeatOutcome } from "./record-outcome.ts";
import { isoOf, msOf } from "./timestamp.ts";
import { isTrouble, type Upstream } from "./upstream.ts";
import { jobNamedIn } from "./webhook-url.ts";

export interface WebhookPorts extends KeepPorts, RecordOutcomePorts {
  records: KeepPorts["records"] & RecordOutcomePorts["records"] & Pick<PredictionRecords, "readRecord">;
  upstream: KeepPorts["upstream"] & Pick<Upstream, "readPrediction">;
}

/** Upstream waits only a few seconds for our answer. */
const confirmWithinMs = 4_000;

/**
 * Takes what a signed webhook tells. The signature proves the prediction, not the job that the URL names: the prediction must be
 * the one that the job's record knows. Safe to repeat, in any order: only an outcome changes anything, and only once.
 */
export async function receiveWebhook(
  ports: WebhookPorts,
  { prediction, namedJob }: { prediction: Prediction; namedJob: JobId | null },
): Promise<Heard> {
  const record = namedJob && (await ports.records.readRecord(namedJob));
  return record?.state === "waiting"
    ? adoptConfirmed(ports, record, prediction)
    : takeOutcome(ports, record, prediction);
}

/** The answer to our create is still under way, or was lost. What upstream itself says of the prediction decides. */
async function adoptConfirmed(ports: WebhookPorts, record: Waiting, prediction: Prediction): Promise<Heard> {
  const beingPlaced = record.attemptedAt !== null && msOf(record.nextCheckAt) > ports.now();
  if (beingPlaced && terminalStatusOf(prediction) === null) return nothingToAnnounce;
  const answer = await ports.upstream.readPrediction(prediction.id, { deadlineMs: confirmWithinMs });
  if (isTrouble(answer)) throw new Error(`the prediction cannot be confirmed upstream: ${answer.kind}`);
  if (answer.kind === "missing" || jobNamedIn(answer.prediction.webhook) !== record.jobId) {
    return ignore(ports, prediction, "another job's prediction");
  }
  // The answer to our create may have come while we asked.
  const now = await ports.records.readRecord(record.jobId);
  if (now?.state !== "waiting") return takeOutcome(ports, now, answer.prediction);
  const outcome = outcomeOf(answer.prediction, contextOf(ports, now));
  return outcome
    ? adoptEnded(ports, now, { prediction: answer.prediction, outcome })
    : keepPrediction(ports, record.jobId, answer.prediction);
}

/** What a webhook means for a record that has its prediction. */
async function takeOutcome(
  ports: WebhookPorts,
  record: PredictionRecord | null,
  prediction: Prediction,
): Promise<Heard> {
  if (record?.state !== "running" && record?.state !== "ended") return ignore(ports, prediction, "unknown job");
  if (record.predictionId !== prediction.id) return cancelExtra(ports, record, prediction);
  if (record.state === "ended") return repeatOutcome(ports, record);
  const outcome = outcomeOf(prediction, contextOf(ports, record));
  return outcome ? recordOutcome(ports, record, outcome) : nothingToAnnounce;
}

/** The prediction and its outcome at once. Whoever still waits for the create's answer finds the job ended by its own prediction. */
async function adoptEnded(
  ports: WebhookPorts,
  waiting: Waiting,
  { prediction, outcome }: { prediction: Prediction; outcome: Outcome },
): Promise<Heard> {
  const at = isoOf(ports.now());
  const adopted = { predictionId: prediction.id, startedAt: prediction.createdAt ?? at };
  const written = await ports.records.recordOutcome(waiting, { outcome, at, adopted });
  if (written.recorded) {
    const ended = announceOutcome(ports, written.record);
    return { ...ended, announce: [startedAnnouncement({ ...waiting, ...adopted }), ...ended.announce] };
  }
  return takeOutcome(ports, written.record, prediction);
}

/** A second prediction of the job, by upstream's own word, is one that a lost answer hid from us: it must not run on. */
async function cancelExtra(ports: WebhookPorts, record: Running | Ended, prediction: Prediction): Promise<Heard> {
  if (terminalStatusOf(prediction) === null && jobNamedIn(prediction.webhook) === record.jobId) {
    await ports.upstream.cancelPrediction(prediction.id);
  }
  return ignore(ports, prediction, "not the job's prediction");
}

function ignore({ log }: WebhookPorts, { id }: Prediction, reason: string): Heard {
  log({ level: "WARN", message: "webhook without effect", predictionId: id, reason });
  return nothingToAnnounce;
}

const contextOf = ({ now }: WebhookPorts, record: Waiting | Running) => ({
  now: now(),
  cancelRequested: record.cancelRequestedAt !== null,
});
