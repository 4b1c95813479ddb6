import type { PriceRule } from "@vsl/events";
import { expect, test } from "vitest";
import { decideEntries } from "./decide-entries.ts";
import { factsOf } from "./facts.ts";
import { delivered, story } from "./test-facts.ts";

const expected = { outputs: 1, outputSeconds: 5, megapixels: 1, predictSeconds: 32 };
const priced = (rule: PriceRule) => ({ price: { rule, expected, amountMicros: 1, currency: "USD" as const } });
const perSecond: PriceRule = { per: "output_second", amountMicros: 18_000 };
const perGpuSecond: PriceRule = { per: "gpu_second", hardware: "gpu-a40-large", amountMicros: 725 };
const perOutput: PriceRule = { per: "output", amountMicros: 3000 };
const perMegapixel: PriceRule = { per: "megapixel", amountMicros: 30_000 };

const usage = { outputs: 1, outputSeconds: null, predictSeconds: null };
const failed = {
  ...{ outcome: "failed" as const, outputs: [], error: { code: "prediction_failed", message: "" } },
  usage: { outputs: 0, outputSeconds: null, predictSeconds: null },
};
const entriesOf = (changes: Parameters<typeof story>[0], ...names: (keyof ReturnType<typeof story>)[]) => {
  const told = story(changes);
  const entries = decideEntries(factsOf(names.map((name) => delivered(told[name]))));
  return entries.map(({ kind, amountMicros, source }) => [kind, amountMicros, source]);
};

test("given a request, then a quote", () => {
  expect(entriesOf({}, "requested")).toEqual([["quote", 3000, "estimated"]]);
});

test("given facts without the request, then nothing yet", () => {
  expect(entriesOf({}, "completed", "stored")).toEqual([]);
});

test("given four outputs, then each is charged", () => {
  const entries = entriesOf(
    { requested: priced(perOutput), completed: { usage: { ...usage, outputs: 4 } } },
    "requested",
    "completed",
  );
  expect(entries.at(-1)).toEqual(["charge", 12_000, "measured"]);
});

test("given seconds that upstream measured, then they are charged and never corrected", () => {
  const changes = { requested: priced(perSecond), completed: { usage: { ...usage, outputSeconds: 6 } } };
  expect(entriesOf(changes, "requested", "completed", "stored").slice(1)).toEqual([["charge", 108_000, "measured"]]);
});

test("given no measurement upstream, then the expected is charged and the stored file corrects it", () => {
  const media = story().stored.detail.payload as { media: object[] };
  const file = { ...media.media[0], durationSeconds: 5.5 } as never;
  const changes = { requested: priced(perSecond), completed: { usage }, stored: { media: [file] } };
  expect(entriesOf(changes, "requested", "completed", "stored").slice(1)).toEqual([
    ["charge", 90_000, "estimated"],
    ["correction", 9000, "measured"],
  ]);
});

test("given megapixels, then the stored picture tells them", () => {
  const changes = { requested: priced(perMegapixel), completed: { usage } };
  expect(entriesOf(changes, "requested", "completed", "stored").slice(1)).toEqual([
    ["charge", 30_000, "estimated"],
    ["correction", 1457, "measured"],
  ]);
});

test("given a run that failed, then outputs are free and the time that it ran is not", () => {
  expect(entriesOf({ requested: priced(perOutput), completed: failed }, "requested", "completed").at(-1)).toEqual([
    "charge",
    0,
    "measured",
  ]);
  const ran = { ...failed, usage: { outputs: 0, outputSeconds: null, predictSeconds: 10 } };
  expect(entriesOf({ requested: priced(perGpuSecond), completed: ran }, "requested", "completed").at(-1)).toEqual([
    "charge",
    7250,
    "measured",
  ]);
});

test("given outputs that were made and then found too late, then they are charged: upstream bills them", () => {
  const late = { ...failed, error: { code: "output_expired", message: "" }, usage: { ...usage, outputs: 2 } };
  expect(entriesOf({ requested: priced(perOutput), completed: late }, "requested", "completed").at(-1)).toEqual([
    ...["charge", 6000, "measured"],
  ]);
});

test("given a job that was canceled before it was submitted, then it is free", () => {
  const never = { ...failed, outcome: "canceled" as const, predictionId: null, usage: { ...usage, outputs: 0 } };
  expect(entriesOf({ requested: priced(perGpuSecond), completed: never }, "requested", "completed").at(-1)).toEqual([
    "charge",
    0,
    "measured",
  ]);
});

test("given a run whose time nobody measured, then the expected time is charged as an estimate", () => {
  expect(entriesOf({ requested: priced(perGpuSecond), completed: { usage } }, "requested", "completed").at(-1)).toEqual(
    ["charge", 23_200, "estimated"],
  );
});
