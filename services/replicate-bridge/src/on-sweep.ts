import { setTimeout as wait } from "node:timers/promises";
import type { Context } from "aws-lambda";
import { portsOf, workUntil } from "./on-cold-start.ts";
import { announceOutcomes, submitWaiting } from "./sweep-predictions.ts";

export async function handler(_event: unknown, context: Context): Promise<void> {
  const ports = { ...portsOf(context), wait };
  const until = workUntil(context);
  await Promise.all([announceOutcomes(ports, { until }), submitWaiting(ports, { until })]);
}
