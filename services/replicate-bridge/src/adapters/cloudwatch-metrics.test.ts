import { PutMetricDataCommand } from "@aws-sdk/client-cloudwatch";
import { expect, it } from "vitest";
import { createLatencyMetric } from "./cloudwatch-metrics.ts";

/** A CloudWatch that answers when it is told to. */
function opened() {
  const sent: (number[] | undefined)[] = [];
  const answers: { resolve: () => void; reject: (error: Error) => void }[] = [];
  const failures: unknown[] = [];
  const send = async (command: unknown) => {
    if (!(command instanceof PutMetricDataCommand)) throw new Error("not a metric");
    sent.push(command.input.MetricData?.[0]?.Values);
    await new Promise<void>((resolve, reject) => answers.push({ resolve, reject }));
  };
  const metric = createLatencyMetric({ client: { send }, stage: "test", report: (error) => void failures.push(error) });
  return { metric, sent, answers, failures };
}

it("sends together what comes while a call is under way", async () => {
  const { metric, sent, answers } = opened();
  metric.measureLatency(10);
  const first = metric.flush();
  metric.measureLatency(20);
  metric.measureLatency(30);
  const second = metric.flush();
  answers[0]?.resolve();
  await expect.poll(() => answers.length).toBe(2);
  answers[1]?.resolve();
  await Promise.all([first, second]);
  expect(sent).toEqual([[10], [20, 30]]);
});

it("gives up what CloudWatch refuses, and says so", async () => {
  const { metric, answers, failures } = opened();
  metric.measureLatency(10);
  const flushed = metric.flush();
  answers[0]?.reject(new Error("throttled"));
  await flushed;
  expect(failures).toHaveLength(1);
});
