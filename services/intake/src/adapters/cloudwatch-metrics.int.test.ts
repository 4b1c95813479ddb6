import { CloudWatchClient } from "@aws-sdk/client-cloudwatch";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { startAws } from "../../test/aws-engine.ts";
import { createMetrics } from "./cloudwatch-metrics.ts";

let aws: Awaited<ReturnType<typeof startAws>>;
let isUp: boolean;
let client: CloudWatchClient;

beforeEach(async () => {
  aws = await startAws();
  isUp = true;
  const credentials = { accessKeyId: "local", secretAccessKey: "local" };
  client = new CloudWatchClient({ endpoint: aws.url, region: "us-east-1", credentials, maxAttempts: 1 });
});
afterEach(async () => {
  client.destroy();
  if (isUp) await aws.stop();
});

const times = Array.from({ length: 400 }, (_, index) => index % 200);

test("as many distinct values as there are arrive, in one call", async () => {
  const metrics = createMetrics({ client, stage: "test", report: () => expect.unreachable() });
  metrics.measure(
    times.map((value) => ({ metric: "ProcessingTime", unit: "Milliseconds", value, modelId: "sdxl" }) as const),
  );
  await metrics.flush();
  await metrics.flush();
  const samples = await aws.samples("ProcessingTime", "Milliseconds");
  expect(samples.reduce((all, { SampleCount }) => all + SampleCount, 0)).toBe(400);
  expect(samples.reduce((all, { Sum }) => all + Sum, 0)).toBe(39_800);
});

test("metrics that CloudWatch does not take are given up, and nobody fails for it", async () => {
  let lost = 0;
  const metrics = createMetrics({ client, stage: "test", report: () => lost++ });
  await aws.stop();
  isUp = false;
  metrics.measure([{ metric: "JobsStarted", unit: "Count", value: 1, modelId: "sdxl" }]);
  await metrics.flush();
  await metrics.flush();
  expect(lost).toBe(1);
});

test("are overdue when they have waited longer than a frozen process knows", async () => {
  let now = 0;
  const metrics = createMetrics({ client, stage: "test", report: () => {}, now: () => now });
  expect(metrics.isOverdue()).toBe(false);
  metrics.measure([{ metric: "JobsStarted", unit: "Count", value: 1, modelId: "sdxl" }]);
  now = 9_999;
  expect(metrics.isOverdue()).toBe(false);
  now = 10_000;
  expect(metrics.isOverdue()).toBe(true);
  await metrics.flush();
  expect(metrics.isOverdue()).toBe(false);
});

test("rest between two calls for as long as is wanted", async () => {
  const sent: number[] = [];
  const noting = { send: async () => void sent.push(Date.now()) };
  vi.useFakeTimers();
  const metrics = createMetrics({ client: noting, stage: "test", report: () => {}, restMs: 60_000 });
  const startedAt = Date.now();
  for (let second = 0; second < 130; second++) {
    metrics.measure([{ metric: "CacheHitRate", unit: "Percent", value: 100 }]);
    await vi.advanceTimersByTimeAsync(1000);
  }
  vi.useRealTimers();
  expect(sent.map((at) => at - startedAt)).toEqual([10_000, 70_000, 130_000]);
});
