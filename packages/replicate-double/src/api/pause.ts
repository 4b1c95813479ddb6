import { setTimeout } from "node:timers/promises";

/** Waits as a fault asks, but no longer than the double lives. */
export type Pause = (milliseconds: number) => Promise<void>;

export const pauseUntil =
  (closing: AbortSignal): Pause =>
  (milliseconds) =>
    setTimeout(milliseconds, undefined, { signal: closing }).catch(() => undefined);
