import type { Sample } from "./metric-datum.ts";

type Measured = Pick<Sample, "atSeconds" | "count" | "sum" | "minimum" | "maximum" | "values">;

const plain: Record<string, (samples: Measured[]) => number> = {
  SampleCount: (samples) => total(samples, "count"),
  Sum: (samples) => total(samples, "sum"),
  Average: (samples) => total(samples, "sum") / total(samples, "count"),
  Minimum: (samples) => Math.min(...samples.map(({ minimum }) => minimum)),
  Maximum: (samples) => Math.max(...samples.map(({ maximum }) => maximum)),
};
const percentile = /^p(\d{1,2}(?:\.\d{1,10})?|100)$/;

export const isPlainStatistic = (name: string) => Object.hasOwn(plain, name);
export const isPercentile = (name: string) => percentile.test(name);

const total = (samples: Measured[], of: "count" | "sum") => samples.reduce((sum, sample) => sum + sample[of], 0);

/** Undefined where it cannot be known: percentiles need single values, which a statistic set does not give. */
export function statisticOf(name: string, samples: Measured[]): number | undefined {
  const compute = plain[name];
  if (compute) return compute(samples);
  const [, percent] = percentile.exec(name) ?? [];
  const values = samples.map(singleValues);
  if (percent === undefined || !values.every((known) => known !== null)) return undefined;
  return valueAtRank(values.flat(), Number(percent) / 100);
}

/** A set in which all values are alike is as good as single values. */
function singleValues({ values, count, minimum, maximum }: Measured): [number, number][] | null {
  if (values) return values;
  return minimum === maximum ? [[minimum, count]] : null;
}

function valueAtRank(values: [value: number, count: number][], part: number): number | undefined {
  const sorted = values.toSorted(([a], [b]) => a - b);
  const rank = part * sorted.reduce((sum, [, count]) => sum + count, 0);
  let seen = 0;
  for (const [value, count] of sorted) {
    seen += count;
    if (seen >= rank) return value;
  }
  return sorted.at(-1)?.[0];
}

/** Samples by the beginning of the period that they fall in, earliest first. */
export function byPeriod<S extends Measured>(
  samples: S[],
  { startSeconds, periodSeconds }: { startSeconds: number; periodSeconds: number },
): Map<number, S[]> {
  const periods = Map.groupBy(samples, ({ atSeconds }) => {
    const periodsIn = Math.floor((atSeconds - startSeconds) / periodSeconds);
    return startSeconds + periodsIn * periodSeconds;
  });
  return new Map([...periods].toSorted(([a], [b]) => a - b));
}
