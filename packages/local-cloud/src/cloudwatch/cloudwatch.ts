import { type JsonService, unknownOperation } from "../endpoint/json-service.ts";
import type { Report } from "../report.ts";
import { type AlarmEvent, createAlarmStates } from "./alarm-states.ts";
import { openAlarmStore } from "./alarm-store.ts";
import { alarmReads } from "./describe-alarms.ts";
import { listMetrics } from "./list-metrics.ts";
import { alarmWrites } from "./manage-alarms.ts";
import { openMetricStore } from "./metric-store.ts";
import { putMetricData } from "./put-metric-data.ts";
import { getMetricData, getMetricStatistics } from "./read-metrics.ts";

interface CloudwatchOptions {
  /** A folder of its own; created. */
  dataDir: string;
  region?: string;
  account?: string;
  /** Epoch milliseconds. */
  now?: () => number;
  /** Takes alarms' changes of state to EventBridge. */
  announce?: (events: AlarmEvent[]) => Promise<void>;
  report?: Report;
  evaluateEveryMilliseconds?: number;
}

export interface Cloudwatch extends JsonService {
  /** Looks at all alarms now, as it otherwise happens by the clock. */
  evaluateAlarms(): void;
  close(): Promise<void>;
}

/** CloudWatch's metrics and alarms on SQLite. What was put can be read at once; AWS takes up to two minutes. */
export function createCloudwatch(options: CloudwatchOptions): Cloudwatch {
  const { dataDir, region = "us-east-1", account = "000000000000", now = Date.now } = options;
  const { announce = async () => undefined, report = () => undefined } = options;
  const nowSeconds = () => now() / 1000;
  const store = openMetricStore(dataDir, nowSeconds());
  const alarms = openAlarmStore(dataDir, now());
  const arnOf = (name: string) => `arn:aws:cloudwatch:${region}:${account}:alarm:${name}`;
  const states = createAlarmStates({ alarms, metrics: store, announce, arnOf, now, report });
  const writes = alarmWrites({ alarms, states, now });
  const reads = alarmReads({ alarms, arnOf });
  const timer = setInterval(() => {
    try {
      states.evaluateAll();
    } catch (error) {
      report({ level: "ERROR", message: "CloudWatch could not evaluate its alarms", error });
    }
  }, options.evaluateEveryMilliseconds ?? 10_000).unref();
  return {
    targetPrefix: "GraniteServiceVersion20100801",
    jsonVersion: "1.0",
    errorNamespace: "com.amazonaws.cloudwatch#",
    async call(operation, input) {
      switch (operation) {
        case "PutMetricData":
          return putMetricData(store, input, nowSeconds());
        case "GetMetricData":
          return getMetricData(store, input);
        case "GetMetricStatistics":
          return getMetricStatistics(store, input);
        case "ListMetrics":
          return listMetrics(store, input, nowSeconds());
        case "PutMetricAlarm":
          return writes.putMetricAlarm(input);
        case "DeleteAlarms":
          return writes.deleteAlarms(input);
        case "SetAlarmState":
          return writes.setAlarmState(input);
        case "EnableAlarmActions":
          return writes.setActions(input, "on");
        case "DisableAlarmActions":
          return writes.setActions(input, "off");
        case "DescribeAlarms":
          return reads.describeAlarms(input);
        case "DescribeAlarmsForMetric":
          return reads.describeAlarmsForMetric(input);
        case "DescribeAlarmHistory":
          return reads.describeAlarmHistory(input);
        default:
          throw unknownOperation(operation);
      }
    },
    evaluateAlarms: states.evaluateAll,
    async close() {
      clearInterval(timer);
      store.close();
      alarms.close();
    },
  };
}
