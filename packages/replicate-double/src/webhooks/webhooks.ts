import type { DatabaseSync } from "node:sqlite";
import type { Clock } from "../clock.ts";
import type { Faults } from "../faults/faults.ts";
import type { Log, LogEntry } from "../log/log.ts";
import type { Prediction, WebhookEvent } from "../predictions/prediction.ts";
import { timestamp } from "../predictions/present.ts";
import { createOutbox, type PendingWebhook } from "./outbox.ts";
import { newWebhookId, newWebhookSecret, signWebhook } from "./sign.ts";

export interface Webhooks {
  /** Tells the caller's URL, if it asked for this event. `body` is the prediction as it is shown at that moment. */
  announce(prediction: Prediction, event: WebhookEvent, body: Record<string, unknown>): void;
  /** Goes on with what an earlier run had still to send. */
  resume(): void;
  stop(): Promise<void>;
}

interface Parts {
  database: DatabaseSync;
  clock: Clock;
  faults: Faults;
  log: Log;
  secret: string;
  timeScale: number;
}

/** After these pauses the final webhook is tried again: for about a minute in all. Others are tried once. */
const RETRY_SECONDS = [1, 2, 4, 8, 16, 29] as const;
const PATIENCE_MILLISECONDS = 5_000;
/** So long a webhook that is to come out of order waits for the one after it. */
const REORDER_MILLISECONDS = 5_000;
const DEFAULT_EVENTS: readonly WebhookEvent[] = ["output", "completed"];

type DeliveryOutcome = Pick<Extract<LogEntry, { kind: "webhook" }>, "status" | "outcome">;

export function createWebhooks({ database, clock, faults, log, secret, timeScale }: Parts): Webhooks {
  const outbox = createOutbox(database);
  const forgersSecret = newWebhookSecret();
  const stopping = new AbortController();
  const sending = new Set<Promise<void>>();
  /** Positions in the outbox, by prediction, of those that wait for the one after them. */
  const held = new Map<string, number[]>();

  const send = async ({ webhookId, url, body, forged }: PendingWebhook): Promise<DeliveryOutcome> => {
    const signed = { id: webhookId, timestamp: Math.floor(clock.wallNow() / 1000), body };
    try {
      const response = await fetch(url, {
        method: "POST",
        headers: {
          "content-type": "application/json",
          "user-agent": "Replicate/1.0 (replicate-double)",
          ...signWebhook(forged ? forgersSecret : secret, signed),
        },
        body,
        redirect: "manual",
        signal: AbortSignal.any([stopping.signal, AbortSignal.timeout(PATIENCE_MILLISECONDS)]),
      });
      await response.body?.cancel();
      const outcome = forged ? "forged by a fault" : response.ok ? "delivered" : "refused";
      return { status: response.status, outcome };
    } catch {
      return { status: null, outcome: "unreachable" };
    }
  };

  const release = (predictionId: string) => {
    const positions = held.get(predictionId) ?? [];
    held.delete(predictionId);
    for (const position of positions) {
      const dueAt = clock.now();
      outbox.bringForward(position, dueAt);
      schedule(position, dueAt);
    }
  };

  const attempt = async (position: number, dueAt: number) => {
    const pending = outbox.find(position);
    if (pending?.dueAt !== dueAt) return; // Sent, or due at another time since then.
    const result = await send(pending);
    if (stopping.signal.aborted) return;
    const { predictionId, event, url, webhookId } = pending;
    release(predictionId);
    log.write({
      kind: "webhook",
      at: timestamp(clock.now()),
      predictionId,
      event,
      url,
      webhookId,
      attempt: pending.attempt,
      ...result,
    });
    const retrySeconds = event === "completed" ? RETRY_SECONDS[pending.attempt - 1] : undefined;
    const arrived = result.status !== null && result.status >= 200 && result.status < 300;
    if (arrived || retrySeconds === undefined) return outbox.remove(position);
    const nextAt = clock.now() + retrySeconds * 1000 * timeScale;
    outbox.postpone(position, nextAt);
    schedule(position, nextAt);
  };

  const schedule = (position: number, dueAt: number) =>
    clock.at(dueAt, () => {
      const attempted = attempt(position, dueAt).finally(() => sending.delete(attempted));
      sending.add(attempted);
    });

  return {
    announce(prediction, event, body) {
      const { id: predictionId, model, webhook: url, webhookEvents } = prediction;
      if (url === null || !(webhookEvents ?? DEFAULT_EVENTS).includes(event)) return;
      const fault = faults.strike(["webhook"], { predictionId, model, event });
      const webhookId = newWebhookId();
      if (fault?.drop) {
        const dropped = { status: null, outcome: "dropped by a fault", attempt: 0 } as const;
        log.write({ kind: "webhook", at: timestamp(clock.now()), predictionId, event, url, webhookId, ...dropped });
        return;
      }
      const dueAt = clock.now() + (fault?.delayMs ?? 0) + (fault?.reorder ? REORDER_MILLISECONDS : 0);
      const forged = fault?.forge ?? false;
      for (let copies = 1 + (fault?.duplicate ?? 0); copies > 0; copies--) {
        const text = JSON.stringify(body);
        const position = outbox.add({ webhookId, predictionId, event, url, body: text, forged, dueAt });
        if (fault?.reorder) held.set(predictionId, [...(held.get(predictionId) ?? []), position]);
        schedule(position, dueAt);
      }
    },
    resume() {
      for (const { position, dueAt } of outbox.all()) schedule(position, dueAt);
    },
    async stop() {
      stopping.abort();
      await Promise.all(sending);
    },
  };
}
