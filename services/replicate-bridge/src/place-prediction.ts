import { type JobId, RetryLater } from "@vsl/events";
import { type Heard, nothingToAnnounce } from "@vsl/events/hear";
import { startedAnnouncement } from "./announcements.ts";
import type { Gate } from "./gate.ts";
import type { Log } from "./log.ts";
import { canceledBeforeStart, outcomeWithout } from "./outcome.ts";
import { oldestFirst, ownership, searchFrom } from "./own-prediction.ts";
import { type Prediction, terminalStatusOf } from "./prediction.ts";
import type { PredictionRecords } from "./prediction-records.ts";
import type { Waiting } from "./record.ts";
import { expiryAfter, type RecordOutcomePorts, recordOutcome } from "./record-outcome.ts";
import { isoOf } from "./timestamp.ts";
import { isTrouble, type Upstream } from "./upstream.ts";

export interface PlacePorts extends RecordOutcomePorts {
  records: Pick<
    PredictionRecords,
    "recordOutcome" | "markAnnounced" | "lease" | "defer" | "savePrediction" | "claimPrediction"
  >;
  upstream: Pick<Upstream, "createPrediction" | "cancelPrediction" | "findPredictions">;
  /** Lets creates through, and remembers what upstream says to them for all functions. */
  creates: Gate;
  reads: Gate;
  /** Null when upstream could not reach us. */
  webhookUrlOf: (jobId: JobId) => string | null;
  log: Log;
}

/** Longer than a search and a create together can take: who took a record has it for himself until then. */
export const leaseMs = 45_000;
export const polledEveryMs = 2_000;
const searchTurnWithinMs = 2_000;

/**
 * Brings a waiting record to its one prediction. Safe to repeat: a lease lets one attempt in at a time, and after an attempt whose
 * end nobody knows the prediction is first looked for upstream, and made again only when it is certainly not there.
 */
export async function placePrediction(ports: PlacePorts, waiting: Waiting, withinMs: number): Promise<Heard> {
  if (!(await ports.creates.enter(withinMs))) return nothingToAnnounce;
  const at = ports.now();
  const record = await ports.records.lease(waiting, { at: isoOf(at), until: isoOf(at + leaseMs) });
  if (!record) return nothingToAnnounce;
  if (waiting.attemptedAt !== null) {
    const left = await searchLeftBehind(ports, waiting);
    if (left === "unclear") return nothingToAnnounce;
    if (left) return keepPrediction(ports, record, left);
  }
  if (record.cancelRequestedAt) return recordOutcome(ports, record, canceledBeforeStart(ports.now()));
  return createPrediction(ports, record);
}

/** The attempt itself; the record is leased to us. */
export async function createPrediction(ports: PlacePorts, record: Waiting): Promise<Heard> {
  const answer = await ports.upstream.createPrediction(record.submission, ports.webhookUrlOf(record.jobId));
  await ports.creates.note(answer);
  switch (answer.kind) {
    case "created":
      return keepPrediction(ports, record, answer.prediction);
    case "refused":
      return recordOutcome(ports, record, outcomeWithout({ ...answer, now: ports.now() }));
    case "throttled":
      return deferAttempt(ports, record);
    case "unauthorized":
      await deferAttempt(ports, record);
      throw new RetryLater("Replicate refuses the API token: set a valid one; the job waits", { afterSeconds: 60 });
    case "unclear":
      // Stays leased: when the lease is over, somebody looks upstream first.
      ports.log({ level: "WARN", message: "create unclear", jobId: record.jobId, error: answer.reason });
      return nothingToAnnounce;
    default:
      return answer satisfies never;
  }
}

async function deferAttempt(ports: PlacePorts, record: Waiting): Promise<Heard> {
  const now = await ports.records.defer(record);
  if (now?.state !== "waiting" || !now.cancelRequestedAt) return nothingToAnnounce;
  return recordOutcome(ports, now, canceledBeforeStart(ports.now()));
}

/**
 * The first prediction that is saved is the job's. One too many is canceled: it would be paid for and never used. Announces the
 * start also when another saved the same one, since he may have died before.
 */
export async function keepPrediction(
  ports: Pick<PlacePorts, "records" | "upstream" | "webhookUrlOf" | "now" | "log">,
  { jobId }: Pick<Waiting, "jobId">,
  prediction: Prediction,
): Promise<Heard> {
  const polled = ports.webhookUrlOf(jobId) === null;
  const claimed = !polled || (await claim(ports, prediction, jobId));
  // Adopted by a job alike, which has left its own behind: that one is found when this lease is over.
  if (!claimed) return nothingToAnnounce;
  const { saved, record } = await ports.records.savePrediction(jobId, {
    predictionId: prediction.id,
    startedAt: prediction.createdAt ?? isoOf(ports.now()),
    nextCheckAt: polled ? isoOf(ports.now() + polledEveryMs) : null,
  });
  const isOurs = (record?.state === "running" || record?.state === "ended") && record.predictionId === prediction.id;
  if (!isOurs) {
    await cancelExtra(ports, jobId, prediction);
    return nothingToAnnounce;
  }
  if (record.state === "ended") return nothingToAnnounce;
  if (saved && record.cancelRequestedAt) await cancelUnlessEnded(ports, prediction);
  return { announce: [startedAnnouncement(record)] };
}

const claim = ({ records, now }: Pick<PlacePorts, "records" | "now">, { id }: Prediction, jobId: JobId) =>
  records.claimPrediction(id, { jobId, expiresAt: expiryAfter(now()) });

async function cancelUnlessEnded({ upstream }: Pick<PlacePorts, "upstream">, prediction: Prediction) {
  return terminalStatusOf(prediction) === null ? upstream.cancelPrediction(prediction.id) : null;
}

async function cancelExtra(
  ports: Pick<PlacePorts, "upstream" | "log">,
  jobId: JobId,
  extra: Prediction,
): Promise<void> {
  const answer = await cancelUnlessEnded(ports, extra);
  const facts = { jobId, predictionId: extra.id };
  if (answer && isTrouble(answer)) ports.log({ level: "ERROR", message: "extra prediction runs on", ...facts });
  else ports.log({ level: "WARN", message: "extra prediction canceled", ...facts });
}

/** What an earlier attempt left upstream; null when there certainly is nothing. */
async function searchLeftBehind(ports: PlacePorts, waiting: Waiting): Promise<Prediction | null | "unclear"> {
  if (waiting.attemptedAt === null) return null;
  if (!(await ports.reads.enter(searchTurnWithinMs))) return "unclear";
  const answer = await ports.upstream.findPredictions({
    createdAfter: searchFrom(waiting.attemptedAt),
    matches: (prediction) => ownership(prediction, waiting) !== null,
  });
  await ports.reads.note(answer);
  if (isTrouble(answer)) {
    ports.log({ level: "WARN", message: "search unclear", jobId: waiting.jobId, error: answer.kind });
    return "unclear";
  }
  const found = oldestFirst(answer.predictions);
  const [named, ...extra] = found.filter((prediction) => ownership(prediction, waiting) === "named");
  if (named) {
    await Promise.all(extra.map((prediction) => cancelExtra(ports, waiting.jobId, prediction)));
    return named;
  }
  if (ports.webhookUrlOf(waiting.jobId) !== null) return null;
  for (const alike of found) {
    if (await claim(ports, alike, waiting.jobId)) return alike;
  }
  return null;
}
