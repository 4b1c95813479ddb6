import { z } from "zod";
import { invalidValue, missingParameter, validation } from "./errors.ts";
import { readInput } from "./input.ts";
import { metricDatum, readDatum } from "./metric-datum.ts";
import type { MetricStore } from "./metric-store.ts";

const putInput = z.object({
  Namespace: z.string().optional(),
  MetricData: z.array(metricDatum).default([]),
  EntityMetricData: z.array(z.unknown()).optional(),
});
const namespacePattern = /^[^:].{0,254}$/;

export function putMetricData(store: MetricStore, raw: Record<string, unknown>, nowSeconds: number): void {
  const { Namespace: namespace, MetricData, EntityMetricData } = readInput(putInput, raw);
  if (!namespace) throw missingParameter("The parameter Namespace is required.");
  if (!namespacePattern.test(namespace) || namespace.startsWith("AWS/")) {
    throw invalidValue(`The value ${namespace} for parameter Namespace is invalid.`);
  }
  if (EntityMetricData?.length) throw validation("EntityMetricData is not supported by this endpoint.");
  if (MetricData.length === 0) throw missingParameter("The parameter MetricData is required.");
  if (MetricData.length > 1000) throw invalidValue("The collection MetricData must not have a size greater than 1000.");
  const samples = MetricData.map((datum, index) => readDatum(datum, `MetricData.member.${index + 1}`, nowSeconds));
  store.add(namespace, samples, Math.floor(nowSeconds));
}
