import { z } from "zod";
import { checkWord } from "./alarm-definition.ts";
import { type Alarm, type AlarmStore, alarmValue } from "./alarm-store.ts";
import { invalidCombination, invalidValue, missingParameter } from "./errors.ts";
import { dimensionsInput, readInput, readToken, writeToken } from "./input.ts";
import { dimensionsKey } from "./metric-store.ts";

interface AlarmReading {
  alarms: AlarmStore;
  arnOf: (alarmName: string) => string;
}

const pageInput = z.object({ MaxRecords: z.int().optional(), NextToken: z.string().optional() });
const describeInput = pageInput.extend({
  AlarmNames: z.array(z.string()).optional(),
  AlarmNamePrefix: z.string().optional(),
  AlarmTypes: z.array(z.string()).default(["MetricAlarm"]),
  StateValue: z.string().optional(),
  ActionPrefix: z.string().optional(),
});
const metricInput = z.object({
  MetricName: z.string().optional(),
  Namespace: z.string().optional(),
  Dimensions: dimensionsInput.default([]),
  Statistic: z.string().optional(),
  ExtendedStatistic: z.string().optional(),
  Period: z.int().optional(),
  Unit: z.string().optional(),
});
const historyInput = pageInput.extend({
  AlarmName: z.string().optional(),
  HistoryItemType: z.string().optional(),
  /** Epoch seconds. */
  StartDate: z.number().default(Number.NEGATIVE_INFINITY),
  EndDate: z.number().default(Number.POSITIVE_INFINITY),
  ScanBy: z.enum(["TimestampDescending", "TimestampAscending"]).default("TimestampDescending"),
});
const historyTypes = ["ConfigurationUpdate", "StateUpdate", "Action"];

/** The operations that read alarms. */
export function alarmReads({ alarms, arnOf }: AlarmReading) {
  const describe = ({ definition, state, configuredAt }: Alarm) => ({
    ...definition,
    AlarmArn: arnOf(definition.AlarmName),
    AlarmConfigurationUpdatedTimestamp: configuredAt / 1000,
    StateValue: state.value,
    StateReason: state.reason,
    StateReasonData: state.reasonData,
    StateUpdatedTimestamp: state.updatedAt / 1000,
    StateTransitionedTimestamp: state.transitionedAt / 1000,
  });

  function describeAlarms(raw: Record<string, unknown>) {
    const input = readInput(describeInput, raw);
    const { AlarmNames, AlarmNamePrefix = "", StateValue, ActionPrefix = "" } = input;
    if (AlarmNames !== undefined && input.AlarmNamePrefix !== undefined) {
      throw invalidCombination("AlarmNamePrefix and AlarmNames must not be specified together.");
    }
    if (StateValue !== undefined) checkWord("stateValue", StateValue, alarmValue.options);
    const found = alarms.list().filter(({ definition, state }) => {
      const { AlarmName, OKActions, AlarmActions, InsufficientDataActions } = definition;
      const actions = [...OKActions, ...AlarmActions, ...InsufficientDataActions];
      return (
        (AlarmNames === undefined || AlarmNames.includes(AlarmName)) &&
        AlarmName.startsWith(AlarmNamePrefix) &&
        (StateValue === undefined || state.value === StateValue) &&
        (ActionPrefix === "" || actions.some((action) => action.startsWith(ActionPrefix)))
      );
    });
    const { items, ...next } = pageOf(input.AlarmTypes.includes("MetricAlarm") ? found : [], input, 50);
    return { MetricAlarms: items.map(describe), CompositeAlarms: [], ...next };
  }

  /** Dimensions must be the alarm's, exactly. */
  function describeAlarmsForMetric(raw: Record<string, unknown>) {
    const input = readInput(metricInput, raw);
    for (const name of ["MetricName", "Namespace"] as const) {
      if (!input[name]) throw missingParameter(`The parameter ${name} is required.`);
    }
    const optional = ["Statistic", "ExtendedStatistic", "Period", "Unit"] as const;
    const found = alarms
      .list()
      .filter(
        ({ definition }) =>
          definition.MetricName === input.MetricName &&
          definition.Namespace === input.Namespace &&
          dimensionsKey(definition.Dimensions) === dimensionsKey(input.Dimensions) &&
          optional.every((name) => input[name] === undefined || input[name] === definition[name]),
      );
    return { MetricAlarms: found.map(describe) };
  }

  function describeAlarmHistory(raw: Record<string, unknown>) {
    const input = readInput(historyInput, raw);
    const { AlarmName, HistoryItemType } = input;
    if (HistoryItemType !== undefined) checkWord("historyItemType", HistoryItemType, historyTypes);
    const found = alarms
      .history()
      .filter(
        ({ name, itemType, at }) =>
          (AlarmName === undefined || name === AlarmName) &&
          (HistoryItemType === undefined || itemType === HistoryItemType) &&
          at / 1000 >= input.StartDate &&
          at / 1000 <= input.EndDate,
      );
    if (input.ScanBy === "TimestampDescending") found.reverse();
    const { items, ...next } = pageOf(found, input, 100);
    const AlarmHistoryItems = items.map(({ name, itemType, summary, details, at }) => ({
      AlarmName: name,
      AlarmType: "MetricAlarm",
      HistoryItemType: itemType,
      HistorySummary: summary,
      HistoryData: details,
      Timestamp: at / 1000,
    }));
    return { AlarmHistoryItems, ...next };
  }

  return { describeAlarms, describeAlarmsForMetric, describeAlarmHistory };
}

function pageOf<T>(
  all: T[],
  { MaxRecords, NextToken }: z.infer<typeof pageInput>,
  usual: number,
): { items: T[]; NextToken?: string } {
  if (MaxRecords !== undefined && (MaxRecords < 1 || MaxRecords > 100)) {
    throw invalidValue("The parameter MaxRecords must be between 1 and 100.");
  }
  const start = readToken(NextToken);
  const end = start + (MaxRecords ?? usual);
  return { items: all.slice(start, end), ...(end < all.length && { NextToken: writeToken(end) }) };
}
