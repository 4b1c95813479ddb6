import { describe, expect, test } from "vitest";
import type { Drawing } from "../media/drawing.ts";
import type { Price } from "../models/price.ts";
import { chargeFor } from "./charge.ts";

const images: Drawing = { kind: "image", width: 16, height: 16, format: "png", quality: 80, count: 3 };
const clip: Drawing = { kind: "video", aspect: 1, frames: 120, framesPerSecond: 24 };
const perImage: Price = { per: "image", micros: 3_000 };
const perSecond: Price = { per: "second of output", micros: 36_000, metric: "video_output_duration_seconds" };
const perCompute: Price = { per: "second of compute", hardware: "gpu-a100-large" };

describe("chargeFor", () => {
  test("bills images by their number and clips by their length, when there are any", () => {
    const run = { succeeded: true, predictSeconds: 1 };
    expect(chargeFor({ ...run, price: perImage, drawing: images })).toEqual({
      metric: "image_count",
      quantity: 3,
      amountMicros: 9_000,
    });
    expect(chargeFor({ ...run, price: perSecond, drawing: clip })).toEqual({
      metric: "video_output_duration_seconds",
      quantity: 5,
      amountMicros: 180_000,
    });
    expect(chargeFor({ ...run, succeeded: false, price: perImage, drawing: images })).toBeNull();
  });

  test("bills the tokens of question and answer, each at its own price", () => {
    const price = { per: "token", inputTokens: 3, microsPerThousandIn: 650, microsPerThousandOut: 2_750 } as const;
    const drawing: Drawing = { kind: "text", pieces: ["a", "b"] };
    const run = { price, drawing, succeeded: true, predictSeconds: 1 };
    expect(chargeFor(run)).toEqual({ metric: "token_count", quantity: 5, amountMicros: 7 }); // 7.45
    expect(chargeFor({ ...run, succeeded: false })).toBeNull();
  });

  test("bills compute however the run ended, unless it never started", () => {
    const run = { price: perCompute, drawing: clip, succeeded: false };
    expect(chargeFor({ ...run, predictSeconds: 2 })).toMatchObject({ metric: "predict_time", amountMicros: 2_800 });
    expect(chargeFor({ ...run, predictSeconds: null })).toBeNull();
  });

  test("rounds half a millionth up, where floating point would lose it", () => {
    const run = { price: { per: "second of compute", hardware: "gpu-l40s" }, drawing: clip, succeeded: true } as const;
    expect(chargeFor({ ...run, predictSeconds: 0.02 })?.amountMicros).toBe(20); // 19.5
    expect(chargeFor({ ...run, predictSeconds: 1.1 })?.amountMicros).toBe(1_073); // 1072.5
    expect(chargeFor({ ...run, predictSeconds: 1.099999 })?.amountMicros).toBe(1_072);
  });
});
