import { suspiciousAfterMs } from "./check-schedule.ts";
import { type PlacePorts, placePrediction } from "./place-prediction.ts";
import type { PredictionRecords } from "./prediction-records.ts";
import type { Waiting } from "./record.ts";
import { repeatOutcome } from "./record-outcome.ts";
import { isoOf, msOf } from "./timestamp.ts";
import { type WorkPorts, workThrough } from "./work-through.ts";

export interface SweepPorts extends PlacePorts, WorkPorts {
  records: PlacePorts["records"] & Pick<PredictionRecords, "listInFlight" | "listDeferred">;
  wait: (ms: number) => Promise<unknown>;
}

const atATime = 100;
const turnWithinMs = 2_000;
const betweenPassesMs = 1_000;

/** Announces outcomes that were recorded by somebody who died before announcing them. Safe to repeat: the same event, with the same id. */
export async function announceOutcomes(ports: SweepPorts, { until }: { until: number }): Promise<void> {
  while (ports.now() < until) {
    const ended = await ports.records.listInFlight("ended", { before: isoOf(ports.now()), limit: atATime });
    const { done } = await workThrough(ports, ended, async (record) => repeatOutcome(ports, record));
    if (done < atATime) return;
  }
}

/**
 * Submits what waits, the oldest first, at upstream's pace and never through a pause, until `until` (epoch milliseconds) or nothing
 * waits. Safe to repeat, and beside itself: each attempt takes a lease.
 */
export async function submitWaiting(ports: SweepPorts, { until }: { until: number }): Promise<void> {
  const { creates, now, wait } = ports;
  for (let pass = 0; now() < until; pass++) {
    const waiting = await listWaiting(ports);
    if (pass === 0) warnOfOld(ports, waiting);
    if (waiting.length === 0) return;
    const pause = await creates.pause();
    if (pause && pause.until >= until) return;
    if (pause) await wait(pause.until - now());
    await workThrough(ports, waiting, (record) =>
      placePrediction(ports, record, Math.min(turnWithinMs, until - now())),
    );
    if (waiting.length < atATime) await wait(Math.min(betweenPassesMs, Math.max(0, until - now())));
  }
}

function warnOfOld({ log, now }: SweepPorts, waiting: readonly Waiting[]): void {
  const old = waiting.filter(({ request }) => now() - msOf(request.requestedAt) >= suspiciousAfterMs);
  if (old.length > 0) log({ level: "WARN", message: "unfinished after 45 minutes", waiting: old.length });
}

/** First those whose attempt had an end that nobody knows, then those that nobody has attempted. */
async function listWaiting({ records, now }: SweepPorts) {
  const [attempted, deferred] = await Promise.all([
    records.listInFlight("waiting", { before: isoOf(now()), limit: atATime }),
    records.listDeferred(atATime),
  ]);
  return [...attempted, ...deferred];
}
