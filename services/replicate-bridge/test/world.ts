import type { Announcement, JobId } from "@vsl/events";
import type { Heard } from "@vsl/events/hear";
import { cancelPrediction } from "../src/cancel-prediction.ts";
import { createGate, createMemoryPauses } from "../src/gate.ts";
import { polledEveryMs } from "../src/keep-prediction.ts";
import type { LogLine } from "../src/log.ts";
import { createPace } from "../src/pace.ts";
import type { Prediction } from "../src/prediction.ts";
import { receiveWebhook } from "../src/receive-webhook.ts";
import { reconcilePredictions } from "../src/reconcile-predictions.ts";
import { settle } from "../src/settle.ts";
import { submitPrediction } from "../src/submit-prediction.ts";
import { announceOutcomes, submitWaiting } from "../src/sweep-predictions.ts";
import { jobCancelRequested, jobIdOf, jobRequested, startOfTest } from "./examples.ts";
import { createFakeUpstream } from "./fake-upstream.ts";
import { createMapRecords } from "./map-records.ts";

/** The whole service on fakes, with a clock that only a test or a wait moves. */
export function createWorld({ webhooks = true, perMinute = 6000 }: { webhooks?: boolean; perMinute?: number } = {}) {
  let time = startOfTest;
  let busIsDown = false;
  const announced: Announcement[] = [];
  const lines: LogLine[] = [];
  const now = () => time;
  const wait = async (ms: number) => {
    time += ms;
  };
  const log = (line: LogLine) => void lines.push(line);
  const records = createMapRecords();
  const upstream = createFakeUpstream(now);
  const gate = (limit: number) =>
    createGate({
      pace: createPace({ perMinute: limit, burst: 30 }, { now, wait }),
      pauses: createMemoryPauses(),
      log,
      now,
    });
  const publish = async (announcements: readonly Announcement[]) => {
    if (busIsDown && announcements.length > 0) throw new Error("the bus is down");
    announced.push(...announcements);
  };
  const ports = {
    records,
    upstream,
    publish,
    creates: gate(perMinute),
    reads: gate(6000),
    webhookUrlOf: (jobId: JobId) => (webhooks ? `https://api.test/webhook/replicate?jobId=${jobId}` : null),
    polledEveryMs: webhooks ? null : polledEveryMs,
    log,
    now,
    wait,
  };
  const done = async (heard: Promise<Heard>) => settle(publish, [await heard]);
  const minute = () => ({ until: time + 48_000 });

  return {
    ports,
    records,
    upstream,
    announced,
    lines,
    now,
    pass: (ms: number) => {
      time += ms;
    },
    setBusDown: (down: boolean) => {
      busIsDown = down;
    },
    submit: (job = 1, options: Parameters<typeof jobRequested>[1] = {}) =>
      done(submitPrediction(ports, jobRequested(jobIdOf(job), options))),
    cancel: (job = 1, replayName: string | null = null) =>
      done(cancelPrediction(ports, jobCancelRequested(jobIdOf(job), replayName))),
    webhook: (prediction: Prediction, job: number | null = 1) =>
      done(receiveWebhook(ports, { prediction, namedJob: job === null ? null : jobIdOf(job) })),
    reconcile: () => reconcilePredictions(ports, minute()),
    sweep: async () => {
      await announceOutcomes(ports, minute());
      await submitWaiting(ports, minute());
    },
    record: (job = 1) => records.readRecord(jobIdOf(job)),
    /** What was announced of a job, in its order, each fact once. */
    facts: (job = 1) =>
      [...new Map(announced.map((each) => [each.detail.id, each])).values()]
        .filter((each) => JSON.stringify(each.detail.payload).includes(jobIdOf(job)))
        .map((each) => each.detailType),
    completed: (job = 1) =>
      announced.find(
        (each) =>
          each.detailType === "PredictionCompleted" && JSON.stringify(each.detail.payload).includes(jobIdOf(job)),
      )?.detail.payload,
  };
}
