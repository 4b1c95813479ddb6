import { z } from "zod";
import { invalidCombination, invalidValue, missingParameter, validation } from "./errors.ts";
import { dimensionsInput, readInput } from "./input.ts";
import { isPercentile, isPlainStatistic } from "./statistics.ts";

const actions = z.array(z.string()).default([]);

const alarmInput = z.object({
  AlarmName: z.string().optional(),
  AlarmDescription: z.string().optional(),
  ActionsEnabled: z.boolean().default(true),
  OKActions: actions,
  AlarmActions: actions,
  InsufficientDataActions: actions,
  Namespace: z.string().optional(),
  MetricName: z.string().optional(),
  Dimensions: dimensionsInput.default([]),
  Statistic: z.string().optional(),
  ExtendedStatistic: z.string().optional(),
  Period: z.int().optional(),
  Unit: z.string().optional(),
  EvaluationPeriods: z.int().optional(),
  DatapointsToAlarm: z.int().optional(),
  Threshold: z.number().optional(),
  ComparisonOperator: z.string().optional(),
  TreatMissingData: z.string().optional(),
  EvaluateLowSampleCountPercentile: z.string().optional(),
  Metrics: z.array(z.unknown()).default([]),
  ThresholdMetricId: z.string().optional(),
  Tags: z.array(z.unknown()).default([]),
});

const comparisonOperator = z.enum([
  "GreaterThanOrEqualToThreshold",
  "GreaterThanThreshold",
  "LessThanThreshold",
  "LessThanOrEqualToThreshold",
]);
export type ComparisonOperator = z.infer<typeof comparisonOperator>;

const treatment = z.enum(["breaching", "notBreaching", "ignore", "missing"]);
export type Treatment = z.infer<typeof treatment>;

/** An alarm as it is stored and described: on one metric, with a fixed threshold. */
export const alarmDefinition = alarmInput.omit({ Metrics: true, ThresholdMetricId: true, Tags: true }).extend({
  AlarmName: z.string(),
  Namespace: z.string(),
  MetricName: z.string(),
  Period: z.int(),
  EvaluationPeriods: z.int(),
  Threshold: z.number(),
  ComparisonOperator: comparisonOperator,
  TreatMissingData: treatment.optional(),
});
export type AlarmDefinition = z.infer<typeof alarmDefinition>;

const daySeconds = 86_400;

/** Throws what AWS answers to an alarm that it does not take. */
export function readDefinition(raw: Record<string, unknown>): AlarmDefinition {
  const { Metrics, ThresholdMetricId, Tags, ...input } = readInput(alarmInput, raw);
  if (Metrics.length > 0 || ThresholdMetricId !== undefined) {
    throw validation("Alarms on expressions are not supported by this endpoint.");
  }
  if (Tags.length > 0) throw validation("Tags of alarms are not supported by this endpoint.");
  const required = ["AlarmName", "ComparisonOperator", "EvaluationPeriods"] as const;
  for (const name of [...required, "MetricName", "Namespace", "Period", "Threshold"] as const) {
    if (input[name] === undefined || input[name] === "") throw missingParameter(`The parameter ${name} is required.`);
  }
  checkStatistic(input);
  checkWord("comparisonOperator", input.ComparisonOperator, comparisonOperator.options);
  if (input.TreatMissingData !== undefined) {
    if (!treatment.safeParse(input.TreatMissingData).success) {
      throw invalidValue(
        `Option ${input.TreatMissingData} is not supported. Supported options for parameter TreatMissingData are [${treatment.options.join(", ")}].`,
      );
    }
  }
  const definition = readInput(alarmDefinition, input);
  checkPeriods(definition);
  return definition;
}

function checkStatistic({
  Statistic,
  ExtendedStatistic,
}: Pick<z.infer<typeof alarmInput>, "Statistic" | "ExtendedStatistic">): void {
  if ((Statistic === undefined) === (ExtendedStatistic === undefined)) {
    throw invalidCombination("Exactly one of the parameters Statistic and ExtendedStatistic must be specified.");
  }
  if (Statistic !== undefined && !isPlainStatistic(Statistic)) {
    checkWord("statistic", Statistic, ["SampleCount", "Average", "Sum", "Minimum", "Maximum"]);
  }
  if (ExtendedStatistic !== undefined && !isPercentile(ExtendedStatistic)) {
    throw invalidValue(`The value ${ExtendedStatistic} for parameter ExtendedStatistic is not supported.`);
  }
}

function checkPeriods({ Period, EvaluationPeriods, DatapointsToAlarm = EvaluationPeriods }: AlarmDefinition): void {
  if (Period !== 10 && Period !== 20 && Period !== 30 && (Period < 60 || Period % 60 !== 0)) {
    throw invalidValue("Period must be 10, 20, 30 or a multiple of 60.");
  }
  if (EvaluationPeriods < 1) throw invalidValue("EvaluationPeriods must be at least 1.");
  if (DatapointsToAlarm < 1 || DatapointsToAlarm > EvaluationPeriods) {
    throw invalidValue("DatapointsToAlarm must be between 1 and EvaluationPeriods.");
  }
  if (Period * EvaluationPeriods > (Period >= 3600 ? 7 : 1) * daySeconds) {
    throw invalidValue(
      "Metrics cannot be checked across more than a day (EvaluationPeriods * Period must be <= 86400).",
    );
  }
}

/** AWS's words on a value that is none of those known. */
export function checkWord(member: string, value: string | undefined, known: readonly string[]): void {
  if (value !== undefined && known.includes(value)) return;
  throw validation(
    `1 validation error detected: Value '${value}' at '${member}' failed to satisfy constraint: Member must satisfy enum value set: [${known.join(", ")}]`,
  );
}
