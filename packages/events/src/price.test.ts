import { expect, test } from "vitest";
import { type PriceRule, priceMicros, type Quantities } from "./price.ts";

const quantities: Quantities = { outputs: 2, outputSeconds: 5.04, megapixels: 1.05, predictSeconds: 32.4567 };

test.each<[PriceRule, number]>([
  [{ per: "run", amountMicros: 500_000 }, 500_000],
  [{ per: "output", amountMicros: 3000 }, 6000],
  [{ per: "output_second", amountMicros: 18_000 }, 90_720],
  [{ per: "megapixel", amountMicros: 30_000 }, 31_500],
  [{ per: "gpu_second", hardware: "gpu-a40-large", amountMicros: 725 }, 23_531],
])("%o costs %i micros", (rule, micros) => {
  expect(priceMicros(rule, quantities)).toBe(micros);
});

test("nothing that happened costs nothing", () => {
  const nothing: Quantities = { outputs: 0, outputSeconds: 0, megapixels: 0, predictSeconds: 0 };
  expect(priceMicros({ per: "output", amountMicros: 3000 }, nothing)).toBe(0);
  expect(priceMicros({ per: "run", amountMicros: 500_000 }, nothing)).toBe(0);
});

test("half a micro rounds up, once", () => {
  expect(priceMicros({ per: "output_second", amountMicros: 1 }, { ...quantities, outputSeconds: 2.5 })).toBe(3);
});
