import { setTimeout as sleep } from "node:timers/promises";

/** Lets so many through that `perSecond` holds from the first one on; at once when there is no limit. */
export type Pace = (amount: number) => Promise<void>;

interface PaceOptions {
  perSecond: number | null;
  now?: () => number;
  wait?: (ms: number) => Promise<void>;
}

export function createPace({ perSecond, now = () => performance.now(), wait = (ms) => sleep(ms) }: PaceOptions): Pace {
  let freeAt = Number.NEGATIVE_INFINITY;
  return async (amount) => {
    if (perSecond === null) return;
    const startAt = Math.max(freeAt, now());
    freeAt = startAt + (amount * 1000) / perSecond;
    const ms = startAt - now();
    if (ms > 0) await wait(ms);
  };
}

/** Small batches for a slow pace, so that events come evenly instead of ten at a time. */
export const batchSizeAt = (perSecond: number | null) =>
  perSecond === null ? 10 : Math.min(10, Math.max(1, Math.floor(perSecond / 4)));
