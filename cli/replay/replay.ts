import type { Clients } from "../clients.ts";
import { pause } from "../pause.ts";
import type { Progress } from "../progress.ts";
import { countWaiting, findService, type QueuePlace } from "../service-place.ts";
import { physicalName, type Stage } from "../stage.ts";
import { ensureAttempt } from "./attempt.ts";
import { openCapture } from "./capture.ts";
import { deliver } from "./deliver.ts";
import { type Archive, createArchive } from "./eventbridge-replay.ts";
import { batchSizeAt, createPace } from "./pace.ts";
import { readArchive, watchReplay } from "./read-archive.ts";
import { needsEvents } from "./request.ts";
import { capturePattern, type Rule, rulesForReplays } from "./rules.ts";
import { sendToQueue } from "./send-to-queue.ts";
import { createPreview } from "./service-preview.ts";
import { showDelivering, showReading, showWaiting } from "./show.ts";
import type { Spool } from "./spool.ts";

interface Replay {
  clients: Clients;
  stage: Stage;
  /** Begins every name that this replay has at AWS. */
  name: string;
  spool: Spool;
  progress: Progress;
  interrupted: AbortSignal;
}

interface Found {
  archive: Archive;
  queue: QueuePlace;
  rules: readonly Rule[];
}

/** Answers whether all was done. What was interrupted, or died, goes on where it stopped with the same spool. */
export async function replay(run: Replay): Promise<boolean> {
  const { clients, stage, spool } = run;
  const { request } = spool.state();
  const archive = createArchive(clients.events, stage);
  const { queue } = await findService(clients.sqs, stage, request.service);
  const rules = rulesForReplays(request.service, await archive.rulesOf(queue.arn));
  const found = { archive, queue, rules };
  if (!needsEvents(request)) return (await replayToRules(run, found)) && (await untilHeard(run, queue));
  if (spool.state().step === "reading") {
    if (!(await read(run, found))) return false;
    spool.update({ step: "delivering" });
  }
  if (!(await handOver(run, found))) return false;
  return request.dryRun || untilHeard(run, queue);
}

/** EventBridge's own replay, which counts nothing, straight to the rules. A resumed one begins where the last was seen. */
async function replayToRules({ stage, name, spool, progress, interrupted }: Replay, { archive, rules }: Found) {
  const replayName = await ensureAttempt(archive, spool, { name, ruleArns: rules.map(({ arn }) => arn) });
  const onProgress = (lastEventTime: number | null) => {
    // By the minute, and in no order within it.
    if (lastEventTime !== null) spool.update({ from: Math.max(spool.state().from, lastEventTime - 60_000) });
    progress.show(showReading(spool, lastEventTime));
  };
  return watchReplay({ archive, replayName, interrupted, onProgress, everyMs: rhythmOf(stage).everyMs });
}

async function read({ clients, stage, name, spool, progress, interrupted }: Replay, { archive, rules }: Found) {
  const { jobs, users } = spool.state().request;
  const pattern = capturePattern({ rules, replayPrefix: `${name}-`, jobs, users });
  const capture = await openCapture({
    ...{ ...clients, busName: archive.busName, name, pattern },
    pollSeconds: stage.isLocal ? 0 : 1,
  });
  // On AWS a new rule matches nothing for a moment.
  if (!stage.isLocal) await pause(30_000, interrupted);
  const replayName = await ensureAttempt(archive, spool, { name, ruleArns: [capture.ruleArn] });
  const isWhole = await readArchive({
    ...{ archive, capture, spool, replayName, interrupted },
    ...rhythmOf(stage),
    onProgress: (lastEventTime) => progress.show(showReading(spool, lastEventTime)),
  });
  await capture.close();
  return isWhole;
}

async function handOver({ clients, stage, spool, progress, interrupted }: Replay, { queue }: Found): Promise<boolean> {
  const { service, rate, dryRun } = spool.state().request;
  const ports = {
    preview: createPreview(clients.lambda, physicalName(stage, `${service}-preview`)),
    send: (bodies: readonly string[]) => sendToQueue(clients.sqs, queue.url, bodies),
    pace: createPace({ perSecond: rate }),
  };
  const onProgress = () => progress.show(showDelivering(spool));
  await deliver(spool, ports, { dryRun, batchSize: batchSizeAt(rate), interrupted, onProgress });
  const { toReplay, replayed } = spool.counts();
  return replayed === toReplay;
}

/**
 * Until the service's queue stays empty; under live traffic it may never be, and what was replayed is heard all the same. What
 * EventBridge has replayed may still be on its way to the queue.
 */
async function untilHeard({ clients, stage, progress, interrupted }: Replay, queue: QueuePlace): Promise<boolean> {
  const { quietMs, everyMs } = rhythmOf(stage);
  const deadline = performance.now() + patienceMs;
  let quietSince = performance.now();
  while (!interrupted.aborted && performance.now() < Math.min(deadline, quietSince + quietMs)) {
    const waiting = await countWaiting(clients.sqs, queue.url);
    if (waiting > 0) quietSince = performance.now();
    progress.show(showWaiting(waiting));
    await pause(everyMs, interrupted);
  }
  return true;
}

const patienceMs = 120_000;

/** How often to look, and for how long there must be nothing to see: AWS counts approximately, and late. */
const rhythmOf = ({ isLocal }: Stage) =>
  isLocal ? { everyMs: 200, quietMs: 1_000 } : { everyMs: 2_000, quietMs: 30_000 };
