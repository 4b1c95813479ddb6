import type { PredictionId } from "@vsl/events";
import type { Prediction } from "../src/prediction.ts";
import { terminalStatusOf } from "../src/prediction.ts";
import type { Submission } from "../src/record.ts";
import { isoOf } from "../src/timestamp.ts";
import type { CreateAnswer, ReadAnswer, Trouble, Upstream } from "../src/upstream.ts";
import { prediction, predictionIdOf } from "./examples.ts";

type Step = "create" | "read" | "cancel" | "find";

/** A small Replicate: predictions in a Map, which end when a test says so. */
export function createFakeUpstream(now: () => number) {
  const predictions = new Map<PredictionId, Prediction>();
  const calls: { step: Step; at: number }[] = [];
  const planned: { step: Step; trouble: CreateAnswer; done: boolean }[] = [];

  function answerPlanned(step: Step): { trouble: CreateAnswer; done: boolean } | null {
    calls.push({ step, at: now() });
    const index = planned.findIndex((plan) => plan.step === step);
    return index < 0 ? null : (planned.splice(index, 1)[0] ?? null);
  }

  function make({ model, input }: Submission, webhook: string | null): Prediction {
    const made = prediction({
      id: predictionIdOf(`p${predictions.size + 1}`),
      model: `${model.owner}/${model.name}`,
      version: model.version ?? "hidden",
      input,
      webhook,
      created_at: isoOf(now()),
    });
    predictions.set(made.id, made);
    return made;
  }

  const upstream: Upstream = {
    createPrediction: async (submission, webhookUrl) => {
      const plan = answerPlanned("create");
      if (!plan) return { kind: "created", prediction: make(submission, webhookUrl) };
      if (plan.done) make(submission, webhookUrl);
      return plan.trouble;
    },
    readPrediction: async (id) => readAnswer(answerPlanned("read")) ?? found(id),
    cancelPrediction: async (id) => {
      const trouble = readAnswer(answerPlanned("cancel"));
      if (trouble) return trouble;
      const known = predictions.get(id);
      if (known && !terminalStatusOf(known))
        predictions.set(id, { ...known, status: "canceled", completedAt: isoOf(now()) });
      return found(id);
    },
    findPredictions: async ({ createdAfter, matches }) => {
      const plan = answerPlanned("find");
      if (plan && isTroubleKind(plan.trouble)) return plan.trouble;
      const all = [...predictions.values()].filter(({ createdAt }) => (createdAt ?? "") >= createdAfter);
      return { kind: "searched", predictions: all.filter(matches) };
    },
  };

  const found = (id: PredictionId): ReadAnswer => {
    const known = predictions.get(id);
    return known ? { kind: "found", prediction: known } : { kind: "missing" };
  };

  return {
    ...upstream,
    /** The next such call gets this answer; with `done`, it has its effect all the same. */
    plan: (step: Step, trouble: CreateAnswer, { done = false }: { done?: boolean } = {}) => {
      planned.push({ step, trouble, done });
    },
    end: (id: string, changes: Partial<Prediction>) => {
      const key = predictionIdOf(id);
      const known = predictions.get(key);
      if (!known) throw new Error(`upstream has no prediction ${id}`);
      predictions.set(key, { ...known, status: "succeeded", completedAt: isoOf(now()), ...changes });
    },
    forget: (id: string) => predictions.delete(predictionIdOf(id)),
    list: () => [...predictions.values()],
    read: (id: string) => predictions.get(predictionIdOf(id)),
    calls: (step: Step) => calls.filter((call) => call.step === step),
  };
}

export const unclear: Trouble = { kind: "unclear", reason: "TimeoutError" };

const isTroubleKind = (answer: CreateAnswer): answer is Trouble =>
  answer.kind === "throttled" || answer.kind === "unauthorized" || answer.kind === "unclear";

function readAnswer(plan: { trouble: CreateAnswer } | null): Trouble | null {
  return plan && isTroubleKind(plan.trouble) ? plan.trouble : null;
}
