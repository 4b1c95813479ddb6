import type { Clock } from "../clock.ts";
import type { Webhooks } from "../webhooks/webhooks.ts";
import { isStreamed } from "./output.ts";
import type { Prediction } from "./prediction.ts";
import type { PredictionStore } from "./prediction-store.ts";

/** Replicate tells of new output and new logs at most so often. */
const TELLING_MILLISECONDS = 500;

interface Parts {
  clock: Clock;
  store: PredictionStore;
  webhooks: Webhooks;
  show: (prediction: Prediction) => Record<string, unknown>;
}

/** Tells of the pieces and the steps of a running prediction, until it has ended. */
export function createProgress({ clock, store, webhooks, show }: Parts) {
  const tell = (id: string) => {
    const prediction = store.find(id);
    if (prediction?.state.status !== "processing") return;
    const shown = show(prediction);
    if (isStreamed(prediction) && shown["output"] !== null) webhooks.announce(prediction, "output", shown);
    if (prediction.order.steps !== null) webhooks.announce(prediction, "logs", shown);
    follow(prediction);
  };

  const follow = (prediction: Prediction): void => {
    const hasSomethingToTell = isStreamed(prediction) || prediction.order.steps !== null;
    if (prediction.webhook === null || !hasSomethingToTell) return;
    clock.at(clock.now() + TELLING_MILLISECONDS, () => tell(prediction.id));
  };

  return { follow };
}
