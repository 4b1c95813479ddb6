import { type Heard, nothingToAnnounce } from "@vsl/events/hear";
import { completedAnnouncement, startOfEnded } from "./announcements.ts";
import type { Outcome } from "./outcome.ts";
import type { PredictionRecords } from "./prediction-records.ts";
import type { Ended, PredictionRecord, Running, Waiting } from "./record.ts";
import { isoOf, msOf } from "./timestamp.ts";

export interface RecordOutcomePorts {
  records: Pick<PredictionRecords, "recordOutcome" | "markAnnounced">;
  now: () => number;
}

/** Whoever recorded an outcome has this long to announce it before others do. */
const announcementGraceMs = 15_000;
/** Far beyond every queue's retention, so that no late repetition meets a forgotten job. */
const keptDays = 90;

/** Epoch seconds. */
export const expiryAfter = (now: number) => Math.floor(now / 1000) + keptDays * 86_400;

/**
 * Ends a job, once: the outcome is written on condition that there is none, then announced, then marked. Safe to repeat: a loser
 * of the condition writes nothing, and what died before its announcement is found by the sweep.
 */
export async function recordOutcome(
  ports: RecordOutcomePorts,
  record: Waiting | Running,
  outcome: Outcome,
): Promise<Heard> {
  const written = await ports.records.recordOutcome(record, { outcome, at: isoOf(ports.now()) });
  return written.recorded ? announceOutcome(ports, written.record) : repeatOutcome(ports, written.record);
}

export function announceOutcome({ records }: RecordOutcomePorts, record: Ended): Heard {
  return {
    announce: [completedAnnouncement(record)],
    afterwards: () => records.markAnnounced(record),
  };
}

/** Announces an outcome, and the start before it, that somebody recorded and, as it seems, died before announcing. */
export function repeatOutcome(ports: RecordOutcomePorts, record: PredictionRecord | null): Heard {
  if (record?.state !== "ended" || record.isAnnounced) return nothingToAnnounce;
  if (ports.now() - msOf(record.recordedAt) < announcementGraceMs) return nothingToAnnounce;
  const ended = announceOutcome(ports, record);
  return { ...ended, announce: [...startOfEnded(record), ...ended.announce] };
}
