import { expect, test } from "vitest";
import { asReplayed, makeEvent } from "./event.ts";

const parts = {
  id: "e1",
  detailType: 'says "resources":',
  source: "shop",
  account: "000000000000",
  time: Date.UTC(2026, 0, 2, 3, 4, 5, 678),
  region: "us-east-1",
  resources: ["arn:one"],
  detail: '{"n": 12345678901234567890, "x":1.0}',
};

test("has AWS's members in AWS's order, with the time to the second", () => {
  const { json, value } = makeEvent(parts);
  expect(Object.keys(JSON.parse(json))).toEqual([
    "version",
    "id",
    "detail-type",
    "source",
    "account",
    "time",
    "region",
    "resources",
    "detail",
  ]);
  expect(value).toEqual(JSON.parse(json));
  expect(json).toContain('"time":"2026-01-02T03:04:05Z"');
});

test("keeps the detail as it was written, numbers beyond double precision included", () => {
  expect(makeEvent(parts).json).toContain('"detail":{"n": 12345678901234567890, "x":1.0}}');
});

test("a replayed event differs by its replay name alone", () => {
  const { json } = makeEvent(parts);
  const { "replay-name": name, ...rest } = JSON.parse(asReplayed(json, "again$&"));
  expect(name).toBe("again$&");
  expect(rest).toEqual(JSON.parse(json));
});
