import { pause } from "../pause.ts";
import type { Capture } from "./capture.ts";
import type { Archive } from "./eventbridge-replay.ts";
import type { Spool } from "./spool.ts";

interface ReadOptions {
  archive: Pick<Archive, "read" | "cancel">;
  capture: Pick<Capture, "drain" | "countWaiting">;
  spool: Pick<Spool, "keep">;
  replayName: string;
  /** Nothing comes for so long after the replay's end before nothing is left: deliveries take their time. */
  quietMs: number;
  everyMs: number;
  interrupted: AbortSignal;
  onProgress: (lastEventTime: number | null) => void;
}

/** Spools what the replay brings, until it has brought everything. Answers whether it has; an interruption cancels the replay. */
export async function readArchive(options: ReadOptions): Promise<boolean> {
  const { archive, capture, spool, replayName, quietMs, everyMs, interrupted, onProgress } = options;
  for (let quietSince = performance.now(); performance.now() - quietSince < quietMs; ) {
    if (interrupted.aborted) {
      await archive.cancel(replayName);
      return false;
    }
    const { state, reason, lastEventTime } = await archive.read(replayName);
    if (state === "FAILED") throw new Error(`The replay ${replayName} failed: ${reason ?? "EventBridge says no more"}`);
    if (state === "CANCELLED" || state === "CANCELLING") return false;
    const received = await capture.drain((bodies) => spool.keep(bodies), interrupted);
    const isQuiet = state === "COMPLETED" && received === 0 && (await capture.countWaiting()) === 0;
    if (!isQuiet) quietSince = performance.now();
    onProgress(lastEventTime);
    await pause(everyMs, interrupted);
  }
  return true;
}

/** EventBridge's own replay, straight to the service's rules. Answers whether it came to its end. */
export async function watchReplay(
  options: Pick<ReadOptions, "archive" | "replayName" | "interrupted" | "onProgress" | "everyMs">,
): Promise<boolean> {
  const { archive, replayName, interrupted, onProgress, everyMs } = options;
  for (;;) {
    if (interrupted.aborted) await archive.cancel(replayName);
    const { state, reason, lastEventTime } = await archive.read(replayName);
    onProgress(lastEventTime);
    if (state === "COMPLETED") return true;
    if (state === "CANCELLED" || (state === "CANCELLING" && interrupted.aborted)) return false;
    if (state === "FAILED") throw new Error(`The replay ${replayName} failed: ${reason ?? "EventBridge says no more"}`);
    await pause(everyMs, interrupted);
  }
}
