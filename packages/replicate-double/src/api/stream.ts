import { setTimeout } from "node:timers/promises";
import { Hono } from "hono";
import { type SSEStreamingApi, streamSSE } from "hono/streaming";
import type { Clock } from "../clock.ts";
import { isStreamed, outputAt } from "../predictions/output.ts";
import { hasEnded, hasExpired, type Prediction } from "../predictions/prediction.ts";
import type { PredictionStore } from "../predictions/prediction-store.ts";
import type { Environment } from "./environment.ts";
import { notFound } from "./problem.ts";

interface Parts {
  baseUrl: string;
  clock: Clock;
  closing: AbortSignal;
  store: PredictionStore;
}

/** How long nothing may come before the stream is ended; what follows after `done` is nothing. */
const SILENCE_MILLISECONDS = 30_000;
/** Looks for new pieces so often: the clock may be moved at any time. */
const LOOKING_MILLISECONDS = 20;

/** What `streaming.api.replicate.com` is to Replicate: a prediction's output as server-sent events, to anybody who has the link. */
export function streamRoutes({ baseUrl, clock, closing, store }: Parts) {
  const piecesOf = (prediction: Prediction): unknown[] => {
    const output = outputAt(prediction, { now: clock.now(), baseUrl });
    return Array.isArray(output) ? output : [];
  };

  /** Sends what is new from this index on, and says from where the next is. */
  const tell = async (stream: SSEStreamingApi, { prediction, from }: { prediction: Prediction; from: number }) => {
    const pieces = piecesOf(prediction);
    for (const [index, piece] of pieces.entries()) {
      if (index < from) continue;
      await stream.writeSSE({ event: "output", id: eventId(prediction, index), data: String(piece) });
    }
    return Math.max(from, pieces.length);
  };

  const wait = (milliseconds: number, gone: AbortSignal) =>
    setTimeout(milliseconds, undefined, { signal: AbortSignal.any([closing, gone]) }).catch(() => undefined);

  return new Hono<Environment>().get("/v1/predictions/:id", (context) => {
    const id = context.req.param("id");
    const found = store.find(id);
    if (!found || !isStreamed(found)) throw notFound();
    context.set("predictionId", id);

    return streamSSE(context, async (stream) => {
      const gone = new AbortController();
      stream.onAbort(() => gone.abort());
      const isOver = () => closing.aborted || gone.signal.aborted;
      let from = indexAfter(context.req.header("last-event-id"));
      let isDone = false;
      let silentSince = clock.now();
      while (!isOver()) {
        const prediction = isDone ? undefined : store.find(id);
        if (prediction && !hasExpired(prediction, clock.now())) {
          from = await tell(stream, { prediction, from });
          isDone = hasEnded(prediction);
          if (isDone) await sayGoodbye(stream, prediction);
          silentSince = clock.now();
        } else if (clock.now() - silentSince >= SILENCE_MILLISECONDS) {
          await stream.write(":408: 408 Request Timeout\n\n");
          return;
        }
        await wait(LOOKING_MILLISECONDS, gone.signal);
      }
    });
  });
}

/** `done`, with the reason unless all went well; an error is told before it. */
async function sayGoodbye(stream: SSEStreamingApi, { state }: Prediction): Promise<void> {
  if (state.status === "failed") {
    await stream.writeSSE({ event: "error", data: JSON.stringify({ detail: state.error }) });
  }
  const reasons: Partial<Record<typeof state.status, string>> = {
    failed: "error",
    canceled: "canceled",
    aborted: "canceled",
  };
  const reason = reasons[state.status];
  await stream.writeSSE({ event: "done", data: JSON.stringify(reason === undefined ? {} : { reason }) });
}

/** `1690212292:0`: when the prediction began, and which piece it is. */
const eventId = ({ createdAt }: Prediction, index: number) => `${Math.floor(createdAt / 1000)}:${index}`;

/** A browser that comes back names the last event it had. */
function indexAfter(lastEventId: string | undefined): number {
  const index = /^\d+:(\d+)$/.exec(lastEventId ?? "")?.[1];
  return index === undefined ? 0 : Number(index) + 1;
}
