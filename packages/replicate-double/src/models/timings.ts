import { randomFrom } from "../seed.ts";

/** Seconds at the 10th, 50th, 90th and 99th percentile. */
export type Percentiles = readonly [p10: number, p50: number, p90: number, p99: number];

export interface Timings {
  /** Waiting for a machine and loading the model. */
  bootSeconds: Percentiles;
  predictSeconds: Percentiles;
}

const RANKS = [0.1, 0.5, 0.9, 0.99] as const;

/** The value at a rank in [0, 1), geometric between the known percentiles, which also bound it. */
export function atRank(percentiles: Percentiles, rank: number): number {
  for (let upper = 1; upper < RANKS.length; upper++) {
    const [lowRank, highRank] = [RANKS[upper - 1] ?? 0, RANKS[upper] ?? 1];
    const [low, high] = [percentiles[upper - 1] ?? 0, percentiles[upper] ?? 0];
    if (rank <= lowRank) return low;
    if (rank <= highRank) return low * (high / low) ** ((rank - lowRank) / (highRank - lowRank));
  }
  return percentiles[3];
}

/** How long one run takes, to the microsecond. The seed decides, so that the same run takes the same time again. */
export function drawTimings({ bootSeconds, predictSeconds }: Timings, seed: number) {
  const random = randomFrom(seed);
  const toMicroseconds = (seconds: number) => Math.round(seconds * 1e6) / 1e6;
  return {
    bootSeconds: toMicroseconds(atRank(bootSeconds, random())),
    predictSeconds: toMicroseconds(atRank(predictSeconds, random())),
  };
}

/** An official model has machines that wait for work. */
export const alwaysWarm: Percentiles = [0.05, 0.25, 1.2, 6];

/** A community model boots for whoever comes after a pause. */
export const oftenCold: Percentiles = [0.7, 30, 120, 300];
