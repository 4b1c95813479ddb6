import { type Drawing, secondsOf } from "../media/drawing.ts";
import { hardware } from "../models/hardware.ts";
import type { Price } from "../models/price.ts";

/** What one prediction costs and by which of its metrics; integers, in millionths of a dollar. */
export interface Charge {
  metric: string;
  quantity: number;
  amountMicros: number;
}

export interface Run {
  price: Price;
  drawing: Drawing;
  succeeded: boolean;
  /** Seconds of compute; null when the prediction never started. */
  predictSeconds: number | null;
}

/** Output that was not given and time that was not run are free; compute is billed however the run ended. */
export function chargeFor({ price, drawing, succeeded, predictSeconds }: Run): Charge | null {
  if (price.per === "second of compute") {
    if (predictSeconds === null) return null;
    const { microsPerSecond } = hardware[price.hardware];
    return {
      metric: "predict_time",
      quantity: predictSeconds,
      amountMicros: multiply(predictSeconds, microsPerSecond),
    };
  }
  if (!succeeded) return null;
  if (price.per === "token") {
    const { inputTokens, microsPerThousandIn, microsPerThousandOut } = price;
    const outputTokens = drawing.kind === "text" ? drawing.pieces.length : 0;
    const thousandths = inputTokens * microsPerThousandIn + outputTokens * microsPerThousandOut;
    const amountMicros = Math.floor((thousandths + 500) / 1000);
    return { metric: "token_count", quantity: inputTokens + outputTokens, amountMicros };
  }
  if (price.per === "image") {
    const images = drawing.kind === "image" ? drawing.count : 0;
    return { metric: "image_count", quantity: images, amountMicros: images * price.micros };
  }
  const seconds = secondsOf(drawing);
  return { metric: price.metric, quantity: seconds, amountMicros: multiply(seconds, price.micros) };
}

/** Rounds half up, once, on whole microseconds: floating point would lose the half. */
function multiply(seconds: number, microsPerSecond: number): number {
  const microseconds = BigInt(Math.round(seconds * 1e6));
  return Number((microseconds * BigInt(microsPerSecond) * 2n + 1_000_000n) / 2_000_000n);
}
