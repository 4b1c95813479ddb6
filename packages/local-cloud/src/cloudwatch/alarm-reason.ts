import type { AlarmDefinition, ComparisonOperator } from "./alarm-definition.ts";
import { type AlarmValue, type Datapoint, isBreaching, type Judgement } from "./judge-alarm.ts";

const words: Record<ComparisonOperator, string> = {
  GreaterThanOrEqualToThreshold: "greater than or equal to",
  GreaterThanThreshold: "greater than",
  LessThanThreshold: "less than",
  LessThanOrEqualToThreshold: "less than or equal to",
};

/** CloudWatch writes its doubles as Java does: `2.0`. */
const double = (value: number) => (Number.isInteger(value) ? value.toFixed(1) : String(value));
const counted = (count: number, noun: string) => `${count} ${noun}${count === 1 ? "" : "s"}`;
const was = (count: number) => (count === 1 ? "was" : "were");

/** dd/MM/yy HH:mm:ss, UTC. */
function shortDate(seconds: number): string {
  const [, year, month, day, time] =
    /^\d\d(\d\d)-(\d\d)-(\d\d)T(.{8})/.exec(new Date(seconds * 1000).toISOString()) ?? [];
  return `${day}/${month}/${year} ${time}`;
}

export const alarmDate = (milliseconds: number): string => new Date(milliseconds).toISOString().replace("Z", "+0000");

/** The sentence by which AWS explains a state. */
export function reasonOf(alarm: AlarmDefinition, { value, points, missing }: Judgement, before: AlarmValue): string {
  if (value === "INSUFFICIENT_DATA") {
    return `Insufficient Data: ${counted(missing, "datapoint")} ${was(missing)} unknown.`;
  }
  const { TreatMissingData: treatment } = alarm;
  const filled =
    missing > 0 && (treatment === "breaching" || treatment === "notBreaching")
      ? `${counted(missing, "missing datapoint")} ${was(missing)} treated as [${treatment === "breaching" ? "Breaching" : "NonBreaching"}]`
      : undefined;
  if (points.length === 0) {
    return `Threshold Crossed: no datapoints were received for ${counted(missing, "period")} and ${filled}.`;
  }
  const decisive = points.filter((point) => isBreaching(alarm, point) === (value === "ALARM"));
  const told = decisive.length > 0 ? decisive : points;
  const isOver = told === decisive ? value === "ALARM" : value !== "ALARM";
  const list = told.map((point) => `${double(point.value)} (${shortDate(point.atSeconds)})`).join(", ");
  const { EvaluationPeriods, DatapointsToAlarm } = alarm;
  const count =
    DatapointsToAlarm === undefined
      ? counted(told.length, "datapoint")
      : `${told.length} out of the last ${EvaluationPeriods} datapoints`;
  const minimum =
    value === "ALARM" ? (DatapointsToAlarm ?? 1) : EvaluationPeriods - (DatapointsToAlarm ?? EvaluationPeriods) + 1;
  return [
    `Threshold Crossed: ${count} [${list}] ${was(told.length)} ${isOver ? "" : "not "}${words[alarm.ComparisonOperator]}`,
    ` the threshold (${double(alarm.Threshold)})`,
    filled === undefined ? "" : ` and ${filled}`,
    DatapointsToAlarm === undefined
      ? ""
      : ` (minimum ${counted(minimum, "datapoint")} for ${before} -> ${value} transition)`,
    ".",
  ].join("");
}

/** The same for machines: JSON, with the periods that were looked at, latest first. */
export function reasonDataOf(
  alarm: AlarmDefinition,
  { points, missing }: Judgement,
  { now, endSeconds }: { now: number; endSeconds: number },
): string {
  const { Period: period, Unit: unit, Statistic, ExtendedStatistic, Threshold: threshold } = alarm;
  const byTime = new Map(points.map((point) => [point.atSeconds, point]));
  const lookedAt = Array.from({ length: points.length + missing }, (_, index) => endSeconds - (index + 1) * period);
  const gaps = lookedAt.filter((atSeconds) => !byTime.has(atSeconds)).slice(0, missing);
  const evaluated = [...gaps, ...byTime.keys()].sort((a, b) => b - a);
  const oldest = points.at(-1);
  return JSON.stringify({
    version: "1.0",
    queryDate: alarmDate(now),
    ...(oldest && { startDate: alarmDate(oldest.atSeconds * 1000) }),
    ...(unit !== undefined && { unit }),
    ...(Statistic !== undefined ? { statistic: Statistic } : { extendedStatistic: ExtendedStatistic }),
    period,
    recentDatapoints: points.map(({ value }) => value).reverse(),
    threshold,
    evaluatedDatapoints: evaluated.map((atSeconds) => describe(atSeconds, byTime.get(atSeconds))),
  });
}

const describe = (atSeconds: number, point: Datapoint | undefined) => ({
  timestamp: alarmDate(atSeconds * 1000),
  ...(point && { sampleCount: point.sampleCount, value: point.value }),
});
