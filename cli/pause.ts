import { setTimeout as sleep } from "node:timers/promises";

/** Shorter when the signal says so; never an error. */
export const pause = (ms: number, signal: AbortSignal): Promise<void> =>
  sleep(ms, undefined, { signal }).catch(() => undefined);
