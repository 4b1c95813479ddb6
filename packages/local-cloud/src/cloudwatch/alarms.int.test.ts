import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  CloudWatchClient,
  CloudWatchServiceException,
  DeleteAlarmsCommand,
  DescribeAlarmHistoryCommand,
  DescribeAlarmsCommand,
  DescribeAlarmsForMetricCommand,
  DisableAlarmActionsCommand,
  PutMetricAlarmCommand,
  type PutMetricAlarmCommandInput,
  PutMetricDataCommand,
  SetAlarmStateCommand,
} from "@aws-sdk/client-cloudwatch";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createEndpoint } from "../endpoint/endpoint.ts";
import type { AlarmEvent } from "./alarm-states.ts";
import { type Cloudwatch, createCloudwatch } from "./cloudwatch.ts";

const noon = Date.UTC(2026, 0, 10, 12);
const minute = 60_000;
let now: number;
let dataDir: string;
let service: Cloudwatch;
let heard: AlarmEvent[];
let client: CloudWatchClient;
let closeServer: () => Promise<unknown>;

const open = () =>
  createCloudwatch({
    dataDir,
    now: () => now,
    async announce(events) {
      heard.push(...events);
    },
  });
beforeEach(async () => {
  now = noon + 30_000;
  heard = [];
  dataDir = await mkdtemp(join(tmpdir(), "alarms-"));
  service = open();
  const server = createEndpoint({
    services: [{ ...service, call: (...of) => service.call(...of) }],
    s3: async (_request, response) => void response.writeHead(501).end(),
    report: () => {},
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const address = server.address();
  client = new CloudWatchClient({
    endpoint: `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}`,
    region: "us-east-1",
    credentials: { accessKeyId: "local", secretAccessKey: "local" },
    maxAttempts: 1,
  });
  closeServer = () => new Promise((closed) => server.close(closed));
});
afterEach(async () => {
  client.destroy();
  await closeServer();
  await service.close();
  await rm(dataDir, { recursive: true });
});

const Dimensions = [{ Name: "stage", Value: "prod" }];
const putAlarm = (AlarmName: string, more: Partial<PutMetricAlarmCommandInput> = {}) =>
  client.send(
    new PutMetricAlarmCommand({
      AlarmName,
      Namespace: "VSL",
      MetricName: "JobsFailed",
      Dimensions,
      Statistic: "Sum",
      Period: 60,
      EvaluationPeriods: 1,
      Threshold: 2,
      ComparisonOperator: "GreaterThanThreshold",
      ...more,
    }),
  );
const putData = (Value: number) =>
  client.send(
    new PutMetricDataCommand({
      Namespace: "VSL",
      MetricData: [{ MetricName: "JobsFailed", Dimensions, Value, Timestamp: new Date(now) }],
    }),
  );
const alarmsOf = async (more: object = {}) => (await client.send(new DescribeAlarmsCommand(more))).MetricAlarms ?? [];
const history = async (more: object = {}) =>
  (await client.send(new DescribeAlarmHistoryCommand(more))).AlarmHistoryItems ?? [];

test("an alarm begins without data, rises when its metric does, and falls when the metric falls", async () => {
  await putAlarm("failures", { AlarmDescription: "jobs fail", AlarmActions: ["arn:aws:sns:us-east-1:0:topic"] });
  const [created] = await alarmsOf();
  expect(created).toEqual({
    AlarmName: "failures",
    AlarmArn: "arn:aws:cloudwatch:us-east-1:000000000000:alarm:failures",
    AlarmDescription: "jobs fail",
    AlarmConfigurationUpdatedTimestamp: new Date(now),
    ActionsEnabled: true,
    OKActions: [],
    AlarmActions: ["arn:aws:sns:us-east-1:0:topic"],
    InsufficientDataActions: [],
    StateValue: "INSUFFICIENT_DATA",
    StateReason: "Unchecked: Initial alarm creation",
    StateUpdatedTimestamp: new Date(now),
    StateTransitionedTimestamp: new Date(now),
    Namespace: "VSL",
    MetricName: "JobsFailed",
    Dimensions,
    Statistic: "Sum",
    Period: 60,
    EvaluationPeriods: 1,
    Threshold: 2,
    ComparisonOperator: "GreaterThanThreshold",
  });

  await putData(21.5);
  service.evaluateAlarms();
  expect(await alarmsOf()).toMatchObject([{ StateValue: "INSUFFICIENT_DATA" }]);
  now += minute;
  service.evaluateAlarms();
  const reason = "Threshold Crossed: 1 datapoint [21.5 (10/01/26 12:00:00)] was greater than the threshold (2.0).";
  expect(await alarmsOf()).toMatchObject([
    { StateValue: "ALARM", StateReason: reason, StateTransitionedTimestamp: new Date(now) },
  ]);
  await putData(1);
  now += minute;
  service.evaluateAlarms();
  expect(await alarmsOf({ StateValue: "OK" })).toHaveLength(1);

  const [latest, earlier] = await history({ AlarmName: "failures", HistoryItemType: "StateUpdate" });
  expect([latest?.HistorySummary, earlier?.HistorySummary]).toEqual([
    "Alarm updated from ALARM to OK",
    "Alarm updated from INSUFFICIENT_DATA to ALARM",
  ]);
  expect(JSON.parse(earlier?.HistoryData ?? "")).toMatchObject({
    version: "1.0",
    oldState: { stateValue: "INSUFFICIENT_DATA", stateReason: "Unchecked: Initial alarm creation" },
    newState: { stateValue: "ALARM", stateReason: reason, stateReasonData: { recentDatapoints: [21.5] } },
  });
});

test("a change of state is announced as AWS announces it", async () => {
  await putAlarm("failures");
  await putData(3);
  now += minute;
  service.evaluateAlarms();
  expect(heard).toMatchObject([
    {
      source: "aws.cloudwatch",
      detailType: "CloudWatch Alarm State Change",
      time: now,
      resources: ["arn:aws:cloudwatch:us-east-1:000000000000:alarm:failures"],
      detail: {
        alarmName: "failures",
        state: { value: "ALARM", timestamp: "2026-01-10T12:01:30.000+0000" },
        previousState: { value: "INSUFFICIENT_DATA", reason: "Unchecked: Initial alarm creation" },
        configuration: {
          metrics: [
            {
              metricStat: {
                metric: { namespace: "VSL", name: "JobsFailed", dimensions: { stage: "prod" } },
                period: 60,
                stat: "Sum",
              },
              returnData: true,
            },
          ],
        },
      },
    },
  ]);
});

test("a state that is set by hand holds until the metric says otherwise", async () => {
  await putAlarm("failures", { TreatMissingData: "notBreaching" });
  const set = (StateValue: "ALARM" | "OK", AlarmName = "failures", StateReasonData?: string) =>
    client.send(new SetAlarmStateCommand({ AlarmName, StateValue, StateReason: "testing", StateReasonData }));
  await set("ALARM", "failures", '{"a":1}');
  expect(await alarmsOf()).toMatchObject([{ StateValue: "ALARM", StateReason: "testing", StateReasonData: '{"a":1}' }]);
  service.evaluateAlarms();
  expect(await alarmsOf()).toMatchObject([
    {
      StateValue: "OK",
      StateReason:
        "Threshold Crossed: no datapoints were received for 1 period and 1 missing datapoint was treated as [NonBreaching].",
    },
  ]);
  await expect(set("ALARM", "nobody's")).rejects.toMatchObject({
    name: "ResourceNotFound",
    $metadata: { httpStatusCode: 404 },
  });
  await expect(set("ALARM", "failures", "{")).rejects.toMatchObject({ name: "InvalidFormatFault" });
  await expect(
    service.call("SetAlarmState", { AlarmName: "failures", StateValue: "UP", StateReason: "" }),
  ).rejects.toThrow(
    "Value 'UP' at 'stateValue' failed to satisfy constraint: Member must satisfy enum value set: [INSUFFICIENT_DATA, ALARM, OK]",
  );
});

test("alarms are found by name, prefix, action and metric, page by page", async () => {
  for (const name of ["a1", "a2", "b1"]) await putAlarm(name, { OKActions: [`arn:${name}`] });
  await putAlarm("other", { MetricName: "Other" });
  const namesOf = async (more: object) => (await alarmsOf(more)).map(({ AlarmName }) => AlarmName);
  expect(await namesOf({ AlarmNames: ["b1", "none"] })).toEqual(["b1"]);
  expect(await namesOf({ AlarmNamePrefix: "a" })).toEqual(["a1", "a2"]);
  expect(await namesOf({ ActionPrefix: "arn:b" })).toEqual(["b1"]);
  const first = await client.send(new DescribeAlarmsCommand({ MaxRecords: 3 }));
  expect(first.MetricAlarms).toHaveLength(3);
  expect(await namesOf({ MaxRecords: 3, NextToken: first.NextToken })).toEqual(["other"]);
  const metric = { Namespace: "VSL", MetricName: "JobsFailed", Dimensions };
  const forMetric = await client.send(new DescribeAlarmsForMetricCommand(metric));
  expect(forMetric.MetricAlarms?.map(({ AlarmName }) => AlarmName)).toEqual(["a1", "a2", "b1"]);
  const without = await client.send(new DescribeAlarmsForMetricCommand({ ...metric, Dimensions: [] }));
  expect(without.MetricAlarms).toEqual([]);
});

test("a changed alarm keeps its state, a deleted one its history, and both outlive a restart", async () => {
  await putAlarm("failures");
  await putAlarm("failures", { Threshold: 5 });
  await client.send(new DisableAlarmActionsCommand({ AlarmNames: ["failures"] }));
  await service.close();
  service = open();
  expect(await alarmsOf()).toMatchObject([{ Threshold: 5, ActionsEnabled: false, StateValue: "INSUFFICIENT_DATA" }]);
  await client.send(new DeleteAlarmsCommand({ AlarmNames: ["failures", "nobody's"] }));
  expect(await alarmsOf()).toEqual([]);
  const summaries = (await history({ ScanBy: "TimestampAscending" })).map(({ HistorySummary }) => HistorySummary);
  expect(summaries).toEqual(['Alarm "failures" created', 'Alarm "failures" updated', 'Alarm "failures" deleted']);
});

test("an alarm that cannot be is refused", async () => {
  const refusal = (more: object) =>
    putAlarm("x", more).then(
      () => "taken",
      (error: unknown) => (error instanceof CloudWatchServiceException ? `${error.name}: ${error.message}` : "odd"),
    );
  expect(await refusal({ Period: 45 })).toContain("InvalidParameterValueException: Period must be");
  expect(await refusal({ EvaluationPeriods: 2, DatapointsToAlarm: 3 })).toContain("InvalidParameterValueException");
  expect(await refusal({ Period: 3600, EvaluationPeriods: 200 })).toContain("InvalidParameterValueException");
  expect(await refusal({ Threshold: undefined })).toContain("MissingRequiredParameterException");
  expect(await refusal({ ExtendedStatistic: "p99" })).toContain("InvalidParameterCombinationException");
  expect(await refusal({ TreatMissingData: "perhaps" })).toContain("InvalidParameterValueException");
  expect(await refusal({ ComparisonOperator: "Equals" })).toBe(
    "ValidationException: 1 validation error detected: Value 'Equals' at 'comparisonOperator' failed to satisfy constraint: Member must satisfy enum value set: [GreaterThanOrEqualToThreshold, GreaterThanThreshold, LessThanThreshold, LessThanOrEqualToThreshold]",
  );
  expect(await refusal({ Metrics: [{ Id: "m1", Expression: "1 + 1" }] })).toContain("not supported by this endpoint");
});

test("alarms are looked at by the clock, too", async () => {
  await service.close();
  service = createCloudwatch({ dataDir, now: () => now, evaluateEveryMilliseconds: 10 });
  await putAlarm("failures", { TreatMissingData: "breaching" });
  await expect.poll(async () => (await alarmsOf())[0]?.StateValue).toBe("ALARM");
});
