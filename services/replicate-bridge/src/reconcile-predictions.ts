import { type CheckPorts, checkPrediction } from "./check-prediction.ts";
import type { PredictionRecords } from "./prediction-records.ts";
import { isoOf, msOf } from "./timestamp.ts";
import { type WorkPorts, workThrough } from "./work-through.ts";

export interface ReconcilePorts extends CheckPorts, WorkPorts {
  records: CheckPorts["records"] & Pick<PredictionRecords, "listInFlight">;
  wait: (ms: number) => Promise<unknown>;
}

const atATime = 100;

/**
 * Polls every running prediction that is due, well inside the hour in which its outputs live. Where no webhook can come it goes on
 * until `until` (epoch milliseconds) as long as something runs. Safe to repeat, and beside itself.
 */
export async function reconcilePredictions(ports: ReconcilePorts, { until }: { until: number }): Promise<void> {
  const { records, reads, polledEveryMs, now, wait } = ports;
  while (now() < until && !(await reads.pause())) {
    const horizon = polledEveryMs === null ? now() : until;
    const running = await records.listInFlight("running", { before: isoOf(horizon), limit: atATime });
    const due = running.filter(({ nextCheckAt }) => msOf(nextCheckAt) <= now());
    await workThrough(ports, due, (record) => checkPrediction(ports, record));
    if (due.length === atATime) continue;
    if (polledEveryMs === null || running.length === 0) return;
    await wait(Math.min(polledEveryMs, until - now()));
  }
}
