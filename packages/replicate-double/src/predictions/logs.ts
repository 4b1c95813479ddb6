import { completesAt, hasExpired, type Prediction } from "./prediction.ts";

const BAR_CHARACTERS = 10;

/** What the model has printed by this moment: its seed, and how many of its steps are done, as tqdm draws it. */
export function logsAt(prediction: Prediction, now: number): string {
  const { order, state } = prediction;
  const startedAt = "startedAt" in state ? state.startedAt : null;
  if (startedAt === null || hasExpired(prediction, now)) return "";
  const seed = `Using seed: ${order.seed}\n`;
  if (order.steps === null) return seed;
  const until = "completedAt" in state ? state.completedAt : now;
  const wholeRun = completesAt(startedAt, prediction) - startedAt;
  const part = wholeRun === 0 ? 1 : Math.min(1, (until - startedAt) / wholeRun);
  const { steps } = order;
  const done = Math.floor(part * steps);
  const lines = Array.from({ length: done + 1 }, (_, step) => progressBar({ step, steps, prediction }));
  return `${seed}${lines.join("\n")}\n`;
}

interface Progress {
  step: number;
  steps: number;
  prediction: Prediction;
}

/** ` 40%|████      | 20/50 [00:02<00:03, 10.04it/s]` */
function progressBar({ step, steps, prediction: { predictSeconds } }: Progress): string {
  const percent = String(Math.floor((step / steps) * 100)).padStart(3);
  const bar = "█".repeat(Math.floor((step / steps) * BAR_CHARACTERS)).padEnd(BAR_CHARACTERS);
  const passed = (predictSeconds * step) / steps;
  const rate = step === 0 ? "?" : (steps / predictSeconds).toFixed(2);
  return `${percent}%|${bar}| ${step}/${steps} [${minutes(passed)}<${step === 0 ? "?" : minutes(predictSeconds - passed)}, ${rate}it/s]`;
}

const minutes = (seconds: number) =>
  `${String(Math.floor(seconds / 60)).padStart(2, "0")}:${String(Math.floor(seconds % 60)).padStart(2, "0")}`;
