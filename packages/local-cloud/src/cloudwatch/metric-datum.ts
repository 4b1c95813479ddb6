import { z } from "zod";
import { invalidCombination, invalidValue, missingParameter } from "./errors.ts";
import { type Dimensions, dimensionsInput } from "./input.ts";

/** NaN and the infinities come as strings; they are read so that they can be refused by name. */
const double = z.union([z.number(), z.enum(["NaN", "Infinity", "-Infinity"]).transform(Number)]);

export const metricDatum = z.object({
  MetricName: z.string().optional(),
  Dimensions: dimensionsInput.default([]),
  /** Epoch seconds. */
  Timestamp: z.number().optional(),
  Value: double.optional(),
  StatisticValues: z.object({ SampleCount: double, Sum: double, Minimum: double, Maximum: double }).optional(),
  Values: z.array(double).optional(),
  Counts: z.array(double).optional(),
  Unit: z.string().optional(),
  StorageResolution: z.number().optional(),
});
type MetricDatum = z.infer<typeof metricDatum>;

/** What one datum adds to a metric. `values` are pairs of value and count, where single values are known. */
export interface Sample {
  metricName: string;
  dimensions: Dimensions;
  atSeconds: number;
  unit: string;
  count: number;
  sum: number;
  minimum: number;
  maximum: number;
  values: [value: number, count: number][] | null;
}

const scales = ["", "Kilo", "Mega", "Giga", "Tera"];
const sizes = scales.flatMap((scale) => [scale ? `${scale}bytes` : "Bytes", scale ? `${scale}bits` : "Bits"]);
const units = [
  ...["Seconds", "Microseconds", "Milliseconds"],
  ...sizes,
  ...["Percent", "Count"],
  ...sizes.map((size) => `${size}/Second`),
  ...["Count/Second", "None"],
];
const twoWeeksSeconds = 14 * 86_400;
const twoHoursSeconds = 2 * 3600;

/** Throws what AWS answers to a datum that it does not take. `where` is its place: `MetricData.member.1`. */
export function readDatum(datum: MetricDatum, where: string, nowSeconds: number): Sample {
  if (!datum.MetricName) throw missingParameter(`The parameter ${where}.MetricName is required.`);
  if (datum.MetricName.length > 255) throw invalidValue(`The parameter ${where}.MetricName must be at most 255 long.`);
  checkDimensions(datum.Dimensions, where);
  const { Unit: unit = "None", StorageResolution: resolution = 60, Timestamp: time = nowSeconds } = datum;
  if (!units.includes(unit)) {
    throw invalidValue(`The parameter ${where}.Unit must be a value in the set [ ${units.join(", ")} ].`);
  }
  if (resolution !== 1 && resolution !== 60) {
    throw invalidValue(`The parameter ${where}.StorageResolution must be a value in the set [ 1, 60 ].`);
  }
  if (time < nowSeconds - twoWeeksSeconds) {
    throw invalidValue(`The parameter ${where}.Timestamp must specify a time no more than two weeks in the past.`);
  }
  if (time > nowSeconds + twoHoursSeconds) {
    throw invalidValue(`The parameter ${where}.Timestamp must specify a time no more than two hours in the future.`);
  }
  const atSeconds = Math.floor(time / resolution) * resolution;
  return { metricName: datum.MetricName, dimensions: datum.Dimensions, atSeconds, unit, ...readValues(datum, where) };
}

function checkDimensions(dimensions: Dimensions, where: string): void {
  if (dimensions.length > 30) {
    throw invalidValue(`The collection ${where}.Dimensions must not have a size greater than 30.`);
  }
  for (const [index, { Name, Value }] of dimensions.entries()) {
    const place = `${where}.Dimensions.member.${index + 1}`;
    if (!Name) throw missingParameter(`The parameter ${place}.Name is required.`);
    if (!Value) throw missingParameter(`The parameter ${place}.Value is required.`);
    if (Name.length > 255 || Name.startsWith(":")) throw invalidValue(`The parameter ${place}.Name is invalid.`);
    if (Value.length > 1024) throw invalidValue(`The parameter ${place}.Value must be at most 1024 long.`);
  }
  if (new Set(dimensions.map(({ Name }) => Name)).size < dimensions.length) {
    throw invalidValue(`The collection ${where}.Dimensions must not name a dimension twice.`);
  }
}

function readValues(
  datum: MetricDatum,
  where: string,
): Pick<Sample, "count" | "sum" | "minimum" | "maximum" | "values"> {
  const given = (["Value", "StatisticValues", "Values"] as const).filter((name) => datum[name] !== undefined);
  if (given.length > 1) {
    throw invalidCombination(
      `The parameters ${where}.${given[0]} and ${where}.${given[1]} are mutually exclusive and you have specified both.`,
    );
  }
  const { StatisticValues: set, Value } = datum;
  if (set) {
    for (const [name, value] of Object.entries(set)) checkNumber(value, `${where}.StatisticValues.${name}`);
    if (set.Maximum < set.Minimum || set.SampleCount <= 0) {
      throw invalidValue(`The parameter ${where}.StatisticValues is invalid.`);
    }
    return { count: set.SampleCount, sum: set.Sum, minimum: set.Minimum, maximum: set.Maximum, values: null };
  }
  const single = Value === undefined ? [] : [Value];
  const Values = datum.Values ?? single;
  const Counts = datum.Counts ?? Values.map(() => 1);
  if (Values.length === 0) {
    throw missingParameter(
      `At least one of the parameters ${where}.Value, ${where}.Values or ${where}.StatisticValues must be specified.`,
    );
  }
  if (Values.length > 150) throw invalidValue(`The collection ${where}.Values must not have a size greater than 150.`);
  if (Values.length !== Counts.length) {
    throw invalidValue(`The parameters ${where}.Values and ${where}.Counts must be of the same size.`);
  }
  const values = Values.map((value, index): [number, number] => [value, Counts[index] ?? 1]);
  for (const [value, count] of values) {
    checkNumber(value, `${where}.${Value === undefined ? "Values" : "Value"}`);
    if (!(count > 0) || !Number.isFinite(count)) throw invalidValue(`The parameter ${where}.Counts is invalid.`);
  }
  return {
    count: values.reduce((sum, [, count]) => sum + count, 0),
    sum: values.reduce((sum, [value, count]) => sum + value * count, 0),
    minimum: Math.min(...Values),
    maximum: Math.max(...Values),
    values,
  };
}

function checkNumber(value: number, parameter: string): void {
  if (Math.abs(value) <= 2 ** 360) return;
  throw invalidValue(`The value ${value} for parameter ${parameter} is invalid.`);
}
