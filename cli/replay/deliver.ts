import { Misuse } from "../command.ts";
import type { Pace } from "./pace.ts";
import type { Preview } from "./service-preview.ts";
import type { Spool, SpooledEvent } from "./spool.ts";

export interface DeliverPorts {
  preview: Preview;
  /** Hands events to the service's queue, and to nobody else. */
  send: (bodies: readonly string[]) => Promise<void>;
  pace: Pace;
}

interface DeliverOptions {
  dryRun: boolean;
  batchSize: number;
  interrupted: AbortSignal;
  onProgress: () => void;
}

/** A request of Lambda has at most 6 MB. */
const portion = { maxJobs: 50, maxBytes: 4_000_000 };

/**
 * Asks the service what each portion would change, and hands it over unless this is a dry run. Safe to repeat: what was handed over
 * but not noted is handed over again, and the service keeps it once.
 */
export async function deliver(spool: Spool, ports: DeliverPorts, options: DeliverOptions): Promise<void> {
  const { dryRun, batchSize, interrupted, onProgress } = options;
  for (;;) {
    const events = spool.nextJobs(portion);
    if (events.length === 0 || interrupted.aborted) return;
    await notePreview(spool, ports.preview, events, dryRun);
    if (dryRun) spool.markDelivered(events.map(({ id }) => id));
    else await handOver(events);
    onProgress();
  }

  async function handOver(events: readonly SpooledEvent[]): Promise<void> {
    for (let at = 0; at < events.length && !interrupted.aborted; at += batchSize) {
      const batch = events.slice(at, at + batchSize);
      await ports.pace(batch.length);
      await ports.send(batch.map(({ body }) => body));
      spool.markDelivered(batch.map(({ id }) => id));
      onProgress();
    }
  }
}

async function notePreview(spool: Spool, preview: Preview, events: readonly SpooledEvent[], dryRun: boolean) {
  const answer = await preview(events.map(({ body }) => body));
  if (!answer) {
    if (dryRun) throw new Misuse("The service was deployed without its preview, and cannot tell what would change.");
    return;
  }
  spool.noteChanges(answer.rows);
  for (const { index, reason } of answer.unreadable) {
    const event = events[index];
    if (event) spool.noteUnreadable(event.id, reason);
  }
}
