import { expect, test } from "vitest";
import { makeEvent } from "./event.ts";
import { type InputSettings, parsePath, targetInput } from "./target-input.ts";

const event = makeEvent({
  id: "e1",
  detailType: "Order Placed",
  source: "shop",
  account: "000000000000",
  time: Date.UTC(2026, 0, 2, 3, 4, 5, 678),
  region: "us-east-1",
  resources: [],
  detail: '{"id":7,"who":"Ann \\"A\\"","items":[{"sku":"x"}],"gone":null}',
});
const input = (settings: InputSettings) =>
  targetInput(settings, { ...event, ruleArn: "arn:rule/r", ruleName: "r", ingestedAt: Date.UTC(2026, 0, 2) });
const template = (InputTemplate: string, InputPathsMap: Record<string, string> = {}) =>
  input({ InputTransformer: { InputTemplate, InputPathsMap } });

test("a target gets the event as it is unless it asks for something else", () => {
  expect(input({})).toBe(event.json);
  expect(input({ Input: '{"constant":1}' })).toBe('{"constant":1}');
});

test("an input path picks a part, as JSON", () => {
  expect(input({ InputPath: "$.detail.items[0].sku" })).toBe('"x"');
  expect(input({ InputPath: "$['detail-type']" })).toBe('"Order Placed"');
  expect(input({ InputPath: "$.detail.items" })).toBe('[{"sku":"x"}]');
  expect(input({ InputPath: "$.detail.none.at.all" })).toBe("null");
});

test("a placeholder outside quotes becomes JSON, one inside becomes text", () => {
  const paths = { id: "$.detail.id", who: "$.detail.who", items: "$.detail.items" };
  expect(JSON.parse(template('{"id": <id>, "who": <who>, "say": "<who> has <id>", "all": "<items>"}', paths))).toEqual({
    id: 7,
    who: 'Ann "A"',
    say: 'Ann "A" has 7',
    all: '[{"sku":"x"}]',
  });
});

test("a path that finds nothing leaves empty text, or null", () => {
  expect(template('"[<x>]"', { x: "$.detail.nowhere" })).toBe('"[]"');
  expect(template('{"x": <x>}', { x: "$.detail.nowhere" })).toBe('{"x": null}');
});

test("knows the reserved variables", () => {
  const filled = JSON.parse(
    template(
      '{"rule": <aws.events.rule-arn>, "name": "<aws.events.rule-name>", "at": <aws.events.event.ingestion-time>, "all": <aws.events.event.json>, "head": <aws.events.event>}',
    ),
  );
  expect(filled).toMatchObject({ rule: "arn:rule/r", name: "r", at: "2026-01-02T00:00:00Z", all: event.value });
  expect(filled.head).not.toHaveProperty("detail");
});

test("what looks like a placeholder but was not declared stays", () => {
  expect(template('"<b>bold</b>"')).toBe('"<b>bold</b>"');
});

test.each(["detail", "$detail", "$.", "$.a[", "$.a b", "$..a"])("%s is not a path", (path) => {
  expect(parsePath(path)).toBeUndefined();
});
