import { bar } from "../progress.ts";
import type { Spool } from "./spool.ts";

/** How far EventBridge has come, by the events' own time: it tells nothing else of a replay. */
export function showReading(spool: Pick<Spool, "state" | "counts">, lastEventTime: number | null): string {
  const { from, to } = spool.state().request;
  const { read } = spool.counts();
  const at = lastEventTime === null ? "EventBridge begins" : `at ${new Date(lastEventTime).toISOString()}`;
  const fraction = lastEventTime === null ? 0 : (lastEventTime - from) / (to - from);
  return `${bar(fraction)}  ${at}${read > 0 ? ` · ${read} read` : ""}`;
}

export function showDelivering(spool: Pick<Spool, "state" | "counts" | "changesByTable">): string {
  const { toReplay, replayed, skipped } = spool.counts();
  const { dryRun } = spool.state().request;
  const changed = spool.changesByTable().reduce((sum, [, { added, changed }]) => sum + added + changed, 0);
  const done = `${replayed} of ${toReplay} ${dryRun ? "looked at" : "replayed"}`;
  return `${bar(replayed / toReplay)}  ${done} · ${skipped} skipped · ${changed} rows ${dryRun ? "would change" : "changed"}`;
}

export const showWaiting = (messages: number) => `${bar(1)}  ${messages} messages wait for the service`;

/** What was done, or would be. */
export function summaryOf(spool: Pick<Spool, "state" | "counts" | "changesByTable" | "unreadable">): string[] {
  const { dryRun } = spool.state().request;
  const { read, toReplay, replayed, skipped } = spool.counts();
  const changes = spool.changesByTable();
  const width = Math.max(...changes.map(([table]) => table.length), 0);
  return [
    dryRun
      ? `${toReplay} events would be replayed, ${skipped} of ${read} skipped. Nothing was changed.`
      : `${replayed} events replayed, ${skipped} of ${read} skipped.`,
    ...changes.map(
      ([table, { added, changed, equal }]) =>
        `  ${table.padEnd(width)}  ${added} added, ${changed} changed, ${equal} equal`,
    ),
    ...spool.unreadable().map(({ reason, count }) => `  ${count} cannot be read, and become dead letters: ${reason}`),
  ];
}
