import { z } from "zod";
import { invalidValue } from "./errors.ts";
import { readInput, readToken, writeToken } from "./input.ts";
import type { MetricKey, MetricStore } from "./metric-store.ts";

const listInput = z.object({
  Namespace: z.string().optional(),
  MetricName: z.string().optional(),
  /** A filter without a value matches every value. */
  Dimensions: z.array(z.object({ Name: z.string(), Value: z.string().optional() })).default([]),
  RecentlyActive: z.string().optional(),
  NextToken: z.string().optional(),
});
const pageSize = 500;
const twoWeeksSeconds = 14 * 86_400;
const threeHoursSeconds = 3 * 3600;

export function listMetrics(store: MetricStore, raw: Record<string, unknown>, nowSeconds: number) {
  const input = readInput(listInput, raw);
  if (input.RecentlyActive !== undefined && input.RecentlyActive !== "PT3H") {
    throw invalidValue("The parameter RecentlyActive must be a value in the set [ PT3H ].");
  }
  const matches = ({ namespace, name, dimensions }: MetricKey) =>
    (input.Namespace === undefined || input.Namespace === namespace) &&
    (input.MetricName === undefined || input.MetricName === name) &&
    input.Dimensions.every((wanted) =>
      dimensions.some(
        ({ Name, Value }) => Name === wanted.Name && (wanted.Value === undefined || wanted.Value === Value),
      ),
    );
  const since = nowSeconds - (input.RecentlyActive ? threeHoursSeconds : twoWeeksSeconds);
  const found = store.activeSince(since).filter(matches);
  const start = readToken(input.NextToken);
  const Metrics = found.slice(start, start + pageSize).map(({ namespace, name, dimensions }) => ({
    Namespace: namespace,
    MetricName: name,
    Dimensions: dimensions,
  }));
  return { Metrics, ...(start + pageSize < found.length && { NextToken: writeToken(start + pageSize) }) };
}
