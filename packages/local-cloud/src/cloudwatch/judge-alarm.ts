import type { AlarmDefinition, ComparisonOperator } from "./alarm-definition.ts";

export type AlarmValue = "OK" | "ALARM" | "INSUFFICIENT_DATA";

export interface Datapoint {
  /** Epoch seconds. */
  atSeconds: number;
  value: number;
  sampleCount: number;
}

/** What an evaluation came to. `points` are those that decided, latest first. */
export interface Judgement {
  value: AlarmValue;
  points: Datapoint[];
  /** How many more the alarm looks at than there were. */
  missing: number;
}

/**
 * As many periods more than it needs does an alarm look back: real datapoints that are a little late count before what is said
 * about missing ones.
 */
export const extraPeriods = 2;

const breaches: Record<ComparisonOperator, (value: number, threshold: number) => boolean> = {
  GreaterThanOrEqualToThreshold: (value, threshold) => value >= threshold,
  GreaterThanThreshold: (value, threshold) => value > threshold,
  LessThanThreshold: (value, threshold) => value < threshold,
  LessThanOrEqualToThreshold: (value, threshold) => value <= threshold,
};

export const isBreaching = ({ ComparisonOperator, Threshold }: AlarmDefinition, { value }: Datapoint): boolean =>
  breaches[ComparisonOperator](value, Threshold);

/**
 * M of N, with AWS's rules for missing data. `datapoints` are those of the evaluation range, latest first; `endSeconds` is the end
 * of the range. Undefined where the alarm stays as it is.
 */
export function judgeAlarm(alarm: AlarmDefinition, datapoints: Datapoint[], endSeconds: number): Judgement | undefined {
  const { EvaluationPeriods: wanted, DatapointsToAlarm: toAlarm = wanted, TreatMissingData = "missing" } = alarm;
  const points = datapoints.slice(0, wanted);
  const missing = wanted - points.length;
  const breaching = points.filter((point) => isBreaching(alarm, point));
  const isAlone = breaching.length === points.length;
  const judged = (value: AlarmValue): Judgement => ({ value, points, missing });

  if (breaching.length >= toAlarm) return judged("ALARM");
  if (missing === 0) return judged("OK");
  switch (TreatMissingData) {
    case "breaching":
      return judged(breaching.length + missing >= toAlarm ? "ALARM" : "OK");
    case "notBreaching":
      return judged("OK");
    case "ignore":
      return isAlone ? undefined : judged("OK");
    case "missing": {
      const oldest = breaching.at(-1);
      if (!oldest) return judged(points.length === 0 ? "INSUFFICIENT_DATA" : "OK");
      // A breach that is old enough, with nothing but breaches and gaps since, counts before all datapoints are there.
      const ageInPeriods = (endSeconds - oldest.atSeconds) / alarm.Period;
      return judged(isAlone && ageInPeriods >= toAlarm ? "ALARM" : "OK");
    }
    default:
      return TreatMissingData satisfies never;
  }
}
