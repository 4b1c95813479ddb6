import type { JobId } from "@vsl/events";
import { type Heard, nothingToAnnounce } from "@vsl/events/hear";
import { startedAnnouncement } from "./announcements.ts";
import type { Log } from "./log.ts";
import { type Prediction, terminalStatusOf } from "./prediction.ts";
import type { PredictionRecords } from "./prediction-records.ts";
import { expiryAfter } from "./record-outcome.ts";
import { isoOf } from "./timestamp.ts";
import { isTrouble, type Upstream } from "./upstream.ts";

export interface KeepPorts {
  records: Pick<PredictionRecords, "savePrediction" | "claimPrediction">;
  upstream: Pick<Upstream, "cancelPrediction">;
  /** Null when upstream could not reach us. */
  webhookUrlOf: (jobId: JobId) => string | null;
  log: Log;
  now: () => number;
}

/** How soon, and how often, a prediction is asked for that no webhook will tell of. */
export const polledEveryMs = 2_000;

/**
 * The first prediction that is saved is the job's. One too many is canceled: it would be paid for and never used. Announces the
 * start also when another saved the same one, since he may have died before.
 */
export async function keepPrediction(ports: KeepPorts, jobId: JobId, prediction: Prediction): Promise<Heard> {
  const polled = ports.webhookUrlOf(jobId) === null;
  const claimed = !polled || (await claimPrediction(ports, jobId, prediction));
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

/** Where no webhook names a prediction's job, a claim decides between jobs alike. */
export const claimPrediction = (
  { records, now }: Pick<KeepPorts, "records" | "now">,
  jobId: JobId,
  { id }: Prediction,
) => records.claimPrediction(id, { jobId, expiresAt: expiryAfter(now()) });

async function cancelUnlessEnded({ upstream }: Pick<KeepPorts, "upstream">, prediction: Prediction) {
  return terminalStatusOf(prediction) === null ? upstream.cancelPrediction(prediction.id) : null;
}

export async function cancelExtra(
  ports: Pick<KeepPorts, "upstream" | "log">,
  jobId: JobId,
  extra: Prediction,
): Promise<void> {
  const answer = await cancelUnlessEnded(ports, extra);
  const facts = { jobId, predictionId: extra.id };
  if (answer && isTrouble(answer)) ports.log({ level: "ERROR", message: "extra prediction runs on", ...facts });
  else ports.log({ level: "WARN", message: "extra prediction canceled", ...facts });
}
