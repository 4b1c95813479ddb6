import type { DatabaseSync } from "node:sqlite";
import type { Bill } from "../billing/bill.ts";
import { chargeFor } from "../billing/charge.ts";
import type { Clock } from "../clock.ts";
import { inTransaction } from "../database.ts";
import type { FaultOf } from "../faults/fault.ts";
import type { Faults } from "../faults/faults.ts";
import type { Log } from "../log/log.ts";
import type { DrawnFile, Studio } from "../media/studio.ts";
import type { Webhooks } from "../webhooks/webhooks.ts";
import { outputAt } from "./output.ts";
import {
  completesAt,
  type EndedPrediction,
  end,
  expiresAt,
  hasEnded,
  type Prediction,
  secondsOfCompute,
  startsAt,
  succeed,
} from "./prediction.ts";
import type { PredictionStore } from "./prediction-store.ts";
import { presentPrediction, timestamp } from "./present.ts";
import { createProgress } from "./progress.ts";

export interface Runner {
  accept(prediction: Prediction): void;
  /** No effect on what has ended. */
  cancel(prediction: Prediction): Prediction;
  /** Resolves when it has ended, or after this time, whichever is first. */
  whenEnded(id: string, milliseconds: number): Promise<void>;
  /** Goes on with what an earlier run had not finished. */
  resume(): void;
  stop(): Promise<void>;
}

interface Parts {
  database: DatabaseSync;
  store: PredictionStore;
  clock: Clock;
  studio: Studio;
  webhooks: Webhooks;
  bill: Bill;
  faults: Faults;
  log: Log;
  baseUrl: string;
}

/** Takes each prediction from starting to its end and to the removal of its data, every step when its time has come. */
export function createRunner(parts: Parts): Runner {
  const { database, store, clock, studio, webhooks, bill, faults, log, baseUrl } = parts;
  const waiting = new Map<string, Set<() => void>>();
  const drawing = new Set<Promise<void>>();
  let stopped = false;

  const show = (prediction: Prediction) => presentPrediction(prediction, { baseUrl, now: clock.now() });

  const progress = createProgress({ clock, store, webhooks, show });

  const finish = (ended: EndedPrediction, files: DrawnFile[]) => {
    const { id, model, order, state } = ended;
    const expiry = faults.strike(["expiry"], { predictionId: id, model });
    const prediction = expiry ? { ...ended, retentionSeconds: expiry.afterSeconds } : ended;
    const succeeded = state.status === "succeeded";
    const charge = chargeFor({ ...order, succeeded, predictSeconds: secondsOfCompute(prediction) });
    inTransaction(database, () => {
      for (const file of files) store.saveOutput(id, file.name, file);
      store.save(prediction);
      if (charge) bill.enter(id, model, charge);
      webhooks.announce(prediction, "completed", show(ended));
    });
    for (const resolve of waiting.get(id) ?? []) resolve();
    waiting.delete(id);
    clock.at(expiresAt(prediction), () => store.removeData(prediction));
  };

  const start = (id: string, startedAt: number) => {
    const prediction = store.find(id);
    if (prediction?.state.status !== "starting") return;
    const { model } = prediction;
    const fault = faults.strike(["outcome"], { predictionId: id, model });
    if (fault && fault.status !== "succeeded" && (fault.beforeStart || fault.status === "aborted")) {
      return finish(end(prediction, fault, startedAt), []);
    }
    const running: Prediction = { ...prediction, state: { status: "processing", startedAt } };
    store.save(running);
    webhooks.announce(running, "start", show(running));
    webhooks.announce(running, "logs", show(running));
    run(running, startedAt, fault ?? null);
  };

  /** Draws while the model would compute, so that the end is not late unless drawing takes longer than that. */
  const run = (prediction: Prediction, startedAt: number, fate: Fate | null) => {
    progress.follow(prediction);
    const files = fate ? Promise.resolve([]) : studio.draw(prediction.order.drawing, prediction.order.seed);
    files.catch(() => undefined); // Heard where it is awaited, which is later.
    clock.at(completesAt(startedAt, prediction), (dueAt) => {
      const completed = complete({ id: prediction.id, startedAt, dueAt, fate, files }).finally(() =>
        drawing.delete(completed),
      );
      drawing.add(completed);
    });
  };

  const complete = async ({ id, startedAt, dueAt, fate, files }: Completion) => {
    const drawn = await files.catch((error: unknown) => String(error));
    const prediction = store.find(id);
    if (stopped || prediction?.state.status !== "processing") return;
    if (fate && fate.status !== "succeeded") return finish(end(prediction, fate, dueAt), []);
    if (typeof drawn === "string") {
      log.write({ kind: "problem", at: timestamp(clock.now()), predictionId: id, message: drawn });
      const error = "Prediction failed for an unknown reason. It might have run out of memory? (E1000)";
      return finish(end(prediction, { status: "failed", error }, dueAt), []);
    }
    const outputNames = drawn.map(({ name }) => name);
    const ended = succeed(prediction, { startedAt, outputNames, instead: fate ?? undefined });
    const output = outputAt(ended, { now: dueAt, baseUrl });
    webhooks.announce(prediction, "output", { ...show(prediction), output });
    finish(ended, drawn);
  };

  const scheduleDeadline = ({ id, deadline }: Prediction) => {
    if (deadline === null) return;
    clock.at(deadline, () => {
      const prediction = store.find(id);
      if (!prediction || hasEnded(prediction)) return;
      const status = prediction.state.status === "starting" ? "aborted" : "canceled";
      finish(end(prediction, { status, error: null }, deadline), []);
    });
  };

  return {
    accept(prediction) {
      store.save(prediction);
      scheduleDeadline(prediction);
      clock.at(startsAt(prediction), (dueAt) => start(prediction.id, dueAt));
    },
    cancel(prediction) {
      if (hasEnded(prediction)) return prediction;
      const canceled = end(prediction, { status: "canceled", error: null }, clock.now());
      finish(canceled, []);
      return canceled;
    },
    async whenEnded(id, milliseconds) {
      const { promise, resolve } = Promise.withResolvers<void>();
      const resolvers = waiting.get(id) ?? new Set();
      waiting.set(id, resolvers.add(resolve));
      const timer = setTimeout(resolve, milliseconds);
      await promise;
      clearTimeout(timer);
      resolvers.delete(resolve);
    },
    resume() {
      for (const prediction of store.unfinishedBusiness()) {
        const { state, id } = prediction;
        if (hasEnded(prediction)) {
          clock.at(expiresAt(prediction), () => store.removeData(prediction));
          continue;
        }
        scheduleDeadline(prediction);
        if (state.status === "processing") run(prediction, state.startedAt, null);
        else clock.at(startsAt(prediction), (dueAt) => start(id, dueAt));
      }
    },
    async stop() {
      stopped = true;
      for (const resolvers of waiting.values()) for (const resolve of resolvers) resolve();
      waiting.clear();
      await Promise.all(drawing);
    },
  };
}

/** How it ends, when that is not left to the model. */
type Fate = FaultOf<"outcome">;

interface Completion {
  id: string;
  startedAt: number;
  dueAt: number;
  fate: Fate | null;
  files: Promise<DrawnFile[]>;
}
