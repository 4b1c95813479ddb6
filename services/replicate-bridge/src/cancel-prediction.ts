import { type Delivered, type JobCancelRequested, RetryLater } from "@vsl/events";
import { type Heard, nothingToAnnounce } from "@vsl/events/hear";
import { canceledBeforeStart } from "./outcome.ts";
import type { PredictionRecords } from "./prediction-records.ts";
import { type RecordOutcomePorts, recordOutcome, repeatOutcome } from "./record-outcome.ts";
import { isTrouble, type Upstream } from "./upstream.ts";

export interface CancelPorts extends RecordOutcomePorts {
  records: RecordOutcomePorts["records"] & Pick<PredictionRecords, "requestCancel">;
  upstream: Pick<Upstream, "cancelPrediction">;
}

/**
 * Ends a job before its time. Safe to repeat and to come first: the wish is written into the record whatever its state, so that
 * whoever moves the job on meets it; Replicate cancels the same prediction any number of times.
 */
export async function cancelPrediction(
  ports: CancelPorts,
  event: Delivered<typeof JobCancelRequested>,
): Promise<Heard> {
  if (event.replayName !== null) return nothingToAnnounce;
  const record = await ports.records.requestCancel(event.payload.jobId, event.payload.requestedAt);
  switch (record.state) {
    case "tombstone":
      return nothingToAnnounce;
    case "waiting":
      // During an attempt only the attempt knows whether there is something to cancel upstream.
      return record.attemptedAt === null
        ? recordOutcome(ports, record, canceledBeforeStart(ports.now()))
        : nothingToAnnounce;
    case "running": {
      const answer = await ports.upstream.cancelPrediction(record.predictionId);
      if (isTrouble(answer))
        throw new RetryLater(`Replicate did not take the cancel: ${answer.kind}`, { afterSeconds: 5 });
      // The outcome comes as every outcome does: by webhook or poll.
      return nothingToAnnounce;
    }
    case "ended":
      return repeatOutcome(ports, record);
    default:
      return record satisfies never;
  }
}
