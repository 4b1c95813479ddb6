import { RetryLater } from "@vsl/events";
import { type Heard, nothingToAnnounce } from "@vsl/events/hear";
import { type FindPorts, findLeftBehind } from "./find-left-behind.ts";
import type { Gate } from "./gate.ts";
import { keepPrediction } from "./keep-prediction.ts";
import { canceledBeforeStart, outcomeWithout } from "./outcome.ts";
import type { PredictionRecords } from "./prediction-records.ts";
import type { Waiting } from "./record.ts";
import { type RecordOutcomePorts, recordOutcome } from "./record-outcome.ts";
import { isoOf } from "./timestamp.ts";
import type { Upstream } from "./upstream.ts";

export interface PlacePorts extends RecordOutcomePorts, FindPorts {
  records: RecordOutcomePorts["records"] & FindPorts["records"] & Pick<PredictionRecords, "lease" | "defer">;
  upstream: FindPorts["upstream"] & Pick<Upstream, "createPrediction">;
  /** Lets creates through, and remembers what upstream says to them for all functions. */
  creates: Gate;
}

/** Longer than a search and a create together can take: who took a record has it for himself until then. */
export const leaseMs = 45_000;

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
    const left = await findLeftBehind(ports, waiting);
    if (left === "unclear") return nothingToAnnounce;
    if (left) return keepPrediction(ports, record.jobId, left);
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
      return keepPrediction(ports, record.jobId, answer.prediction);
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
