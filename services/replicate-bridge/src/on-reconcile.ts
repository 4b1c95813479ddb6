import { setTimeout as wait } from "node:timers/promises";
import type { Context } from "aws-lambda";
import { portsOf, workUntil } from "./on-cold-start.ts";
import { reconcilePredictions } from "./reconcile-predictions.ts";

export async function handler(_event: unknown, context: Context): Promise<void> {
  await reconcilePredictions({ ...portsOf(context), wait }, { until: workUntil(context) });
}
