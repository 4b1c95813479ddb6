import { describe, expect, test } from "vitest";
import type { AlarmDefinition, Treatment } from "./alarm-definition.ts";
import { reasonDataOf, reasonOf } from "./alarm-reason.ts";
import { type Datapoint, type Judgement, judgeAlarm } from "./judge-alarm.ts";

const endSeconds = Date.UTC(2026, 0, 10, 12) / 1000;
const alarm: AlarmDefinition = {
  AlarmName: "a",
  ActionsEnabled: true,
  OKActions: [],
  AlarmActions: [],
  InsufficientDataActions: [],
  Namespace: "n",
  MetricName: "m",
  Dimensions: [],
  Statistic: "Average",
  Period: 60,
  EvaluationPeriods: 3,
  Threshold: 2,
  ComparisonOperator: "GreaterThanThreshold",
};

/** Oldest first, as AWS's documentation draws them: X breaches, 0 does not, - is missing. */
const range = (drawn: string): Datapoint[] =>
  drawn
    .split(" ")
    .reverse()
    .flatMap((mark, index) =>
      mark === "-" ? [] : [{ atSeconds: endSeconds - (index + 1) * 60, value: mark === "X" ? 3 : 1, sampleCount: 1 }],
    );

const treatments: Treatment[] = ["missing", "ignore", "breaching", "notBreaching"];
const stay = undefined;

describe("the table of AWS's documentation holds", () => {
  test.each([
    ["0 - X - X", ["OK", "OK", "OK", "OK"]],
    ["0 - - - -", ["OK", "OK", "OK", "OK"]],
    ["- - - - -", ["INSUFFICIENT_DATA", stay, "ALARM", "OK"]],
    ["0 X X - X", ["ALARM", "ALARM", "ALARM", "ALARM"]],
    ["- - X - -", ["ALARM", stay, "ALARM", "OK"]],
  ])("for 3 of 3: %s", (drawn, values) => {
    const judged = treatments.map(
      (TreatMissingData) => judgeAlarm({ ...alarm, TreatMissingData }, range(drawn), endSeconds)?.value,
    );
    expect(judged).toEqual(values);
  });

  test.each([
    ["0 - X - X", ["ALARM", "ALARM", "ALARM", "ALARM"]],
    ["0 0 X 0 X", ["ALARM", "ALARM", "ALARM", "ALARM"]],
    ["0 - X - -", ["OK", "OK", "ALARM", "OK"]],
    ["- - - - 0", ["OK", "OK", "ALARM", "OK"]],
    ["- - - X -", ["ALARM", stay, "ALARM", "OK"]],
  ])("for 2 of 3: %s", (drawn, values) => {
    const judged = treatments.map(
      (TreatMissingData) =>
        judgeAlarm({ ...alarm, DatapointsToAlarm: 2, TreatMissingData }, range(drawn), endSeconds)?.value,
    );
    expect(judged).toEqual(values);
  });
});

test.each([
  ["GreaterThanThreshold", [false, false, true]],
  ["GreaterThanOrEqualToThreshold", [false, true, true]],
  ["LessThanThreshold", [true, false, false]],
  ["LessThanOrEqualToThreshold", [true, true, false]],
] as const)("%s compares with the threshold", (ComparisonOperator, alarming) => {
  const judged = [1, 2, 3].map((value) => {
    const point = { atSeconds: endSeconds - 60, value, sampleCount: 1 };
    return judgeAlarm({ ...alarm, EvaluationPeriods: 1, ComparisonOperator }, [point], endSeconds)?.value === "ALARM";
  });
  expect(judged).toEqual(alarming);
});

describe("the reason reads as AWS's:", () => {
  const judgementOf = (definition: AlarmDefinition, drawn: string): Judgement => {
    const judgement = judgeAlarm(definition, range(drawn), endSeconds);
    if (!judgement) throw new Error("the alarm stayed as it was");
    return judgement;
  };
  const one = { ...alarm, EvaluationPeriods: 1 };
  test.each<[AlarmDefinition, string, string]>([
    [one, "X", "Threshold Crossed: 1 datapoint [3.0 (10/01/26 11:59:00)] was greater than the threshold (2.0)."],
    [one, "0", "Threshold Crossed: 1 datapoint [1.0 (10/01/26 11:59:00)] was not greater than the threshold (2.0)."],
    [
      { ...alarm, EvaluationPeriods: 2 },
      "X X",
      "Threshold Crossed: 2 datapoints [3.0 (10/01/26 11:59:00), 3.0 (10/01/26 11:58:00)] were greater than the threshold (2.0).",
    ],
    [
      { ...one, DatapointsToAlarm: 1 },
      "X",
      "Threshold Crossed: 1 out of the last 1 datapoints [3.0 (10/01/26 11:59:00)] was greater than the threshold (2.0) (minimum 1 datapoint for OK -> ALARM transition).",
    ],
    [
      { ...alarm, EvaluationPeriods: 2, TreatMissingData: "breaching" },
      "- -",
      "Threshold Crossed: no datapoints were received for 2 periods and 2 missing datapoints were treated as [Breaching].",
    ],
    [
      { ...alarm, EvaluationPeriods: 2, TreatMissingData: "breaching" },
      "X -",
      "Threshold Crossed: 1 datapoint [3.0 (10/01/26 11:58:00)] was greater than the threshold (2.0) and 1 missing datapoint was treated as [Breaching].",
    ],
    [one, "-", "Insufficient Data: 1 datapoint was unknown."],
    [alarm, "- - -", "Insufficient Data: 3 datapoints were unknown."],
  ])("%#", (definition, drawn, reason) => {
    expect(reasonOf(definition, judgementOf(definition, drawn), "OK")).toBe(reason);
  });

  test("its data name the periods that were looked at", () => {
    const definition: AlarmDefinition = { ...alarm, Unit: "Seconds", TreatMissingData: "breaching" };
    const judgement = judgementOf(definition, "X - X");
    expect(JSON.parse(reasonDataOf(definition, judgement, { now: endSeconds * 1000 + 5, endSeconds }))).toEqual({
      version: "1.0",
      queryDate: "2026-01-10T12:00:00.005+0000",
      startDate: "2026-01-10T11:57:00.000+0000",
      unit: "Seconds",
      statistic: "Average",
      period: 60,
      recentDatapoints: [3, 3],
      threshold: 2,
      evaluatedDatapoints: [
        { timestamp: "2026-01-10T11:59:00.000+0000", sampleCount: 1, value: 3 },
        { timestamp: "2026-01-10T11:58:00.000+0000" },
        { timestamp: "2026-01-10T11:57:00.000+0000", sampleCount: 1, value: 3 },
      ],
    });
  });
});
