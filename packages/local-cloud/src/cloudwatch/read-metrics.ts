import { z } from "zod";
import { invalidCombination, invalidValue, missingParameter, validation } from "./errors.ts";
import { dimensionsInput, readInput, readToken, writeToken } from "./input.ts";
import type { MetricStore } from "./metric-store.ts";
import { byPeriod, isPercentile, isPlainStatistic, statisticOf } from "./statistics.ts";

const metric = z.object({
  Namespace: z.string().optional(),
  MetricName: z.string().optional(),
  Dimensions: dimensionsInput.default([]),
});
const range = z.object({ StartTime: z.number().optional(), EndTime: z.number().optional() });
const statisticsInput = metric.extend(range.shape).extend({
  Period: z.int().optional(),
  Statistics: z.array(z.string()).default([]),
  ExtendedStatistics: z.array(z.string()).default([]),
  Unit: z.string().optional(),
});
const query = z.object({
  Id: z.string().default(""),
  MetricStat: z.object({ Metric: metric, Period: z.int(), Stat: z.string(), Unit: z.string().optional() }).optional(),
  Expression: z.string().optional(),
  Label: z.string().optional(),
  ReturnData: z.boolean().default(true),
});
const dataInput = range.extend({
  MetricDataQueries: z.array(query).default([]),
  ScanBy: z.enum(["TimestampDescending", "TimestampAscending"]).default("TimestampDescending"),
  MaxDatapoints: z.int().default(100_800),
  NextToken: z.string().optional(),
});

const shortPeriods = [1, 5, 10, 20, 30];
const isPeriod = (seconds: number) => shortPeriods.includes(seconds) || (seconds > 0 && seconds % 60 === 0);
const periodMessage = `The parameter Period must be a value in the set [${shortPeriods.join(", ")}] or a multiple of 60.`;
const orderMessage = "The parameter StartTime must be less than the parameter EndTime.";

/** Periods count from the start, rounded down to the minute, or to a short period. The end does not belong to the range. */
const alignStart = (startSeconds: number, periodSeconds: number) => {
  const grain = Math.min(periodSeconds, 60);
  return Math.floor(startSeconds / grain) * grain;
};

export function getMetricStatistics(store: MetricStore, raw: Record<string, unknown>) {
  const input = readInput(statisticsInput, raw);
  for (const name of ["Namespace", "MetricName", "StartTime", "EndTime", "Period"] as const) {
    if (input[name] === undefined) throw missingParameter(`The parameter ${name} is required.`);
  }
  const { Namespace: namespace = "", MetricName: name = "", Period: periodSeconds = 0 } = input;
  const { StartTime: start = 0, EndTime: endSeconds = 0, Statistics, ExtendedStatistics, Unit } = input;
  if (!isPeriod(periodSeconds)) throw invalidValue(periodMessage);
  if (start >= endSeconds) throw invalidValue(orderMessage);
  if (Statistics.length + ExtendedStatistics.length === 0) {
    throw invalidCombination("At least one of the parameters Statistics or ExtendedStatistics must be specified.");
  }
  for (const one of Statistics) {
    if (!isPlainStatistic(one)) throw invalidValue(`The value ${one} for parameter Statistics is invalid.`);
  }
  for (const one of ExtendedStatistics) {
    if (!isPercentile(one)) throw invalidValue(`The value ${one} for parameter ExtendedStatistics is invalid.`);
  }
  const startSeconds = alignStart(start, periodSeconds);
  const asked = Math.ceil((endSeconds - startSeconds) / periodSeconds);
  if (asked > 1440) {
    throw invalidCombination(
      `You have requested up to ${asked} datapoints, which exceeds the limit of 1440. You may reduce the datapoints requested by increasing Period, or decreasing the time range.`,
    );
  }
  const found = store.samples({ namespace, name, dimensions: input.Dimensions }, { startSeconds, endSeconds });
  const chosen = found.filter(({ unit }) => Unit === undefined || unit === Unit);
  const Datapoints = [...Map.groupBy(chosen, ({ unit }) => unit)].flatMap(([unit, ofUnit]) =>
    [...byPeriod(ofUnit, { startSeconds, periodSeconds })].map(([Timestamp, samples]) => ({
      Timestamp,
      Unit: unit,
      ...Object.fromEntries(Statistics.map((one) => [one, statisticOf(one, samples)])),
      ...(ExtendedStatistics.length > 0 && {
        ExtendedStatistics: Object.fromEntries(ExtendedStatistics.map((one) => [one, statisticOf(one, samples)])),
      }),
    })),
  );
  return { Label: name, Datapoints };
}

type Query = z.infer<typeof query>;
type Point = [timestamp: number, value: number];

interface Reading {
  points: Point[];
  /** Of the metric, where the query names none and there are several; only the first one's values are read. */
  units: string[];
}

function readQuery(
  store: MetricStore,
  { Id, MetricStat, Expression }: Query,
  given: { start: number; end: number },
): Reading {
  if (!/^[a-z][A-Za-z0-9_]{0,254}$/.test(Id)) {
    throw validation(
      `The value ${Id} for parameter MetricDataQueries.member.Id is not matching the expected pattern ^[a-z][a-zA-Z0-9_]*$.`,
    );
  }
  if (Expression !== undefined) throw validation("Expressions are not supported by this endpoint.");
  if (!MetricStat) throw validation(`Query ${Id} must specify either Expression or MetricStat.`);
  const { Metric, Period: periodSeconds, Stat, Unit } = MetricStat;
  if (!isPeriod(periodSeconds)) throw validation(periodMessage);
  if (!isPlainStatistic(Stat) && !isPercentile(Stat))
    throw validation(`The value ${Stat} for parameter Stat is invalid.`);
  const startSeconds = alignStart(given.start, periodSeconds);
  const key = { namespace: Metric.Namespace ?? "", name: Metric.MetricName ?? "", dimensions: Metric.Dimensions };
  const found = store.samples(key, { startSeconds, endSeconds: given.end });
  const units = Unit === undefined ? [...new Set(found.map(({ unit }) => unit))].sort() : [Unit];
  const samples = found.filter(({ unit }) => unit === units[0]);
  const points = [...byPeriod(samples, { startSeconds, periodSeconds })].flatMap(([timestamp, inPeriod]): Point[] => {
    const value = statisticOf(Stat, inPeriod);
    return value === undefined ? [] : [[timestamp, value]];
  });
  return { points, units };
}

/** AWS's own label of a query: the metric, with the statistic and the period where these tell the queries apart. */
function labelOf({ Label, MetricStat }: Query, queries: Query[]): string | undefined {
  if (Label !== undefined || !MetricStat) return Label;
  const differs = (of: (metricStat: NonNullable<Query["MetricStat"]>) => unknown) =>
    queries.some((other) => other.MetricStat && of(other.MetricStat) !== of(MetricStat));
  return [
    MetricStat.Metric.MetricName,
    differs(({ Stat }) => Stat) && MetricStat.Stat,
    differs(({ Period }) => Period) && MetricStat.Period,
  ]
    .filter(Boolean)
    .join(" ");
}

export function getMetricData(store: MetricStore, raw: Record<string, unknown>) {
  const input = readInput(dataInput, raw);
  const { StartTime: start, EndTime: end, MetricDataQueries: queries, MaxDatapoints } = input;
  if (start === undefined) throw validation("The parameter StartTime is required.");
  if (end === undefined) throw validation("The parameter EndTime is required.");
  if (start >= end) throw validation(orderMessage);
  if (queries.length === 0) throw validation("The parameter MetricDataQueries is required.");
  if (queries.length > 500) throw validation("The collection MetricDataQueries must not have a size greater than 500.");
  if (MaxDatapoints < 1 || MaxDatapoints > 100_800) throw validation("MaxDatapoints must be between 1 and 100800.");
  if (new Set(queries.map(({ Id }) => Id)).size < queries.length) {
    throw validation("The values for parameter id in MetricDataQueries are not unique.");
  }
  const first = readToken(input.NextToken);
  let offset = 0;
  let left = 0;
  const MetricDataResults = queries.flatMap((one) => {
    const { points, units } = readQuery(store, one, { start, end });
    if (!one.ReturnData) return [];
    if (input.ScanBy === "TimestampDescending") points.reverse();
    const page = points.slice(Math.max(first - offset, 0), Math.max(first + MaxDatapoints - offset, 0));
    offset += points.length;
    const more = offset > first + MaxDatapoints;
    if (more) left += 1;
    return {
      Id: one.Id,
      Label: labelOf(one, queries),
      Timestamps: page.map(([timestamp]) => timestamp),
      Values: page.map(([, value]) => value),
      StatusCode: more ? "PartialData" : "Complete",
      ...(units.length > 1 && {
        Messages: [{ Code: "MultipleUnits", Value: `Multiple units returned: '[${units.join(", ")}]'` }],
      }),
    };
  });
  return { MetricDataResults, Messages: [], ...(left > 0 && { NextToken: writeToken(first + MaxDatapoints) }) };
}
