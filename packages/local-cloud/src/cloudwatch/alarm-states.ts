import type { Report } from "../report.ts";
import type { AlarmDefinition } from "./alarm-definition.ts";
import { alarmDate, reasonDataOf, reasonOf } from "./alarm-reason.ts";
import type { Alarm, AlarmState, AlarmStore } from "./alarm-store.ts";
import { type Datapoint, extraPeriods, judgeAlarm } from "./judge-alarm.ts";
import type { MetricStore } from "./metric-store.ts";
import { byPeriod, statisticOf } from "./statistics.ts";

export interface AlarmEvent {
  source: "aws.cloudwatch";
  detailType: "CloudWatch Alarm State Change";
  /** Epoch milliseconds. */
  time: number;
  resources: string[];
  detail: Record<string, unknown>;
}

interface AlarmStatesOptions {
  alarms: AlarmStore;
  metrics: MetricStore;
  /** Takes changes of state to EventBridge. */
  announce: (events: AlarmEvent[]) => Promise<void>;
  arnOf: (alarmName: string) => string;
  now: () => number;
  report: Report;
}

export type AlarmStates = ReturnType<typeof createAlarmStates>;

/** Watches metrics, and moves alarms from state to state. */
export function createAlarmStates({ alarms, metrics, announce, arnOf, now, report }: AlarmStatesOptions) {
  /** Remembers a change and announces it; a state that stays keeps its reason, as on AWS. */
  function change(alarm: Alarm, next: Pick<AlarmState, "value" | "reason" | "reasonData">): void {
    const time = now();
    const before = alarm.state;
    const isTransition = before.value !== next.value;
    const state = { ...next, updatedAt: time, transitionedAt: isTransition ? time : before.transitionedAt };
    alarms.put({ ...alarm, state });
    if (!isTransition) return;
    const name = alarm.definition.AlarmName;
    const details = JSON.stringify({ version: "1.0", oldState: toldInHistory(before), newState: toldInHistory(state) });
    const summary = `Alarm updated from ${before.value} to ${state.value}`;
    alarms.remember({ name, itemType: "StateUpdate", summary, details, at: time });
    const event: AlarmEvent = {
      source: "aws.cloudwatch",
      detailType: "CloudWatch Alarm State Change",
      time,
      resources: [arnOf(name)],
      detail: {
        alarmName: name,
        state: toldInEvent(state),
        previousState: toldInEvent(before),
        configuration: configurationOf(alarm.definition),
      },
    };
    announce([event]).catch((error: unknown) =>
      report({ level: "ERROR", message: `CloudWatch could not announce the state of ${name}`, error }),
    );
  }

  function evaluate(alarm: Alarm): void {
    const { definition, state } = alarm;
    const { Period: period, EvaluationPeriods } = definition;
    const time = now();
    // Only periods that are over: the present one is still being counted.
    const endSeconds = Math.floor(time / 1000 / period) * period;
    const startSeconds = endSeconds - (EvaluationPeriods + extraPeriods) * period;
    const datapoints = datapointsOf(metrics, definition, { startSeconds, endSeconds });
    const judgement = judgeAlarm(definition, datapoints, endSeconds);
    if (!judgement || judgement.value === state.value) return;
    change(alarm, {
      value: judgement.value,
      reason: reasonOf(definition, judgement, state.value),
      reasonData: reasonDataOf(definition, judgement, { now: time, endSeconds }),
    });
  }

  return {
    change,
    evaluateAll() {
      for (const alarm of alarms.list()) evaluate(alarm);
    },
  };
}

/** Latest first. */
function datapointsOf(
  metrics: MetricStore,
  alarm: AlarmDefinition,
  range: { startSeconds: number; endSeconds: number },
): Datapoint[] {
  const { Namespace: namespace, MetricName: name, Dimensions: dimensions, Unit } = alarm;
  const samples = metrics.samples({ namespace, name, dimensions }, range);
  const chosen = samples.filter(({ unit }) => Unit === undefined || unit === Unit);
  const statistic = alarm.Statistic ?? alarm.ExtendedStatistic ?? "";
  const periods = byPeriod(chosen, { startSeconds: range.startSeconds, periodSeconds: alarm.Period });
  return [...periods].reverse().flatMap(([atSeconds, inPeriod]) => {
    const value = statisticOf(statistic, inPeriod);
    const sampleCount = statisticOf("SampleCount", inPeriod) ?? 0;
    return value === undefined ? [] : [{ atSeconds, value, sampleCount }];
  });
}

const toldInHistory = ({ value, reason, reasonData }: AlarmState) => ({
  stateValue: value,
  stateReason: reason,
  ...(reasonData !== undefined && { stateReasonData: JSON.parse(reasonData) }),
});

const toldInEvent = ({ value, reason, reasonData, updatedAt }: AlarmState) => ({
  value,
  reason,
  ...(reasonData !== undefined && { reasonData }),
  timestamp: alarmDate(updatedAt),
});

const configurationOf = (alarm: AlarmDefinition) => ({
  ...(alarm.AlarmDescription !== undefined && { description: alarm.AlarmDescription }),
  metrics: [
    {
      id: "m1",
      metricStat: {
        metric: {
          namespace: alarm.Namespace,
          name: alarm.MetricName,
          dimensions: Object.fromEntries(alarm.Dimensions.map(({ Name, Value }) => [Name, Value])),
        },
        period: alarm.Period,
        stat: alarm.Statistic ?? alarm.ExtendedStatistic,
      },
      returnData: true,
    },
  ],
});
