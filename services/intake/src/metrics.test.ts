import { expect, test } from "vitest";
import { jobId } from "../test/examples.ts";
import { cacheRead, distributionsOf, measurementsOf } from "./metrics.ts";

const progress = { jobId, modelId: "sdxl" };

test("a start, a completion with its time, and a failure are counted; a cancel and a charge are not", () => {
  const names = [
    measurementsOf({ ...progress, state: "processing", news: ["started"] }),
    measurementsOf({ ...progress, state: "completed", news: ["ending"], processingTime: 0 }),
    measurementsOf({ ...progress, state: "completed", news: ["ending"] }),
    measurementsOf({ ...progress, state: "failed", news: ["ending"], processingTime: 9 }),
    measurementsOf({ ...progress, state: "canceled", news: ["ending"] }),
    measurementsOf({ ...progress, state: "completed", news: ["charge"], processingTime: 9 }),
    measurementsOf({ ...progress, state: "completed", news: ["started"], processingTime: 9 }),
    measurementsOf({ ...progress, state: "completed", news: ["started", "ending", "charge"], processingTime: 9 }),
  ].map((measurements) => measurements.map(({ metric }) => metric));
  expect(names).toEqual([
    ["JobsStarted"],
    ["JobsCompleted", "ProcessingTime"],
    ["JobsCompleted"],
    ["JobsFailed"],
    [],
    [],
    ["JobsStarted", "ProcessingTime"],
    ["JobsStarted", "JobsCompleted", "ProcessingTime"],
  ]);
});

test("measurements of one metric and model go together, values with how often they were seen", () => {
  const reads = [cacheRead("hit"), cacheRead("miss"), cacheRead("hit")];
  const starts = measurementsOf({ ...progress, state: "processing", news: ["started"] });
  expect(distributionsOf([...reads, ...starts])).toEqual([
    {
      metric: "CacheHitRate",
      unit: "Percent",
      counts: new Map([
        [100, 2],
        [0, 1],
      ]),
    },
    { metric: "JobsStarted", unit: "Count", modelId: "sdxl", counts: new Map([[1, 1]]) },
  ]);
});
