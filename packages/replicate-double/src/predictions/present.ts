import { secondsOf } from "../media/drawing.ts";
import { logsAt } from "./logs.ts";
import { isStreamed, outputAt } from "./output.ts";
import { type EndedPrediction, hasEnded, hasExpired, type Prediction, secondsOfCompute } from "./prediction.ts";

export interface Viewpoint {
  baseUrl: string;
  now: number;
}

/** The prediction as Replicate's API and its webhooks show it. */
export function presentPrediction(prediction: Prediction, viewpoint: Viewpoint): Record<string, unknown> {
  const { id, model, version, input, state, webhook, deadline, deployment } = prediction;
  const { baseUrl, now } = viewpoint;
  const ended = hasEnded(prediction) ? prediction : undefined;
  const removed = hasExpired(prediction, now);
  const startedAt = "startedAt" in state ? state.startedAt : null;
  return {
    id,
    model,
    version,
    ...(deployment === null ? {} : { deployment }),
    input: removed ? {} : input,
    logs: logsAt(prediction, now),
    output: outputAt(prediction, viewpoint),
    data_removed: removed,
    error: "error" in state ? state.error : null,
    source: "api",
    status: state.status,
    created_at: timestamp(prediction.createdAt),
    ...(startedAt === null ? {} : { started_at: timestamp(startedAt) }),
    ...(ended ? { completed_at: timestamp(ended.state.completedAt), metrics: metricsOf(ended) } : {}),
    ...(deadline === null ? {} : { deadline: timestamp(deadline) }),
    ...(webhook === null ? {} : { webhook }),
    ...(prediction.webhookEvents === null ? {} : { webhook_events_filter: prediction.webhookEvents }),
    urls: {
      get: `${baseUrl}/v1/predictions/${id}`,
      cancel: `${baseUrl}/v1/predictions/${id}/cancel`,
      web: `https://replicate.com/p/${id}`,
      ...(isStreamed(prediction) ? { stream: `${baseUrl}/stream/v1/predictions/${id}` } : {}),
    },
  };
}

/** Durations are in the model's own time, whatever the scale of the double's. */
function metricsOf(prediction: EndedPrediction): Record<string, number> {
  const predictSeconds = secondsOfCompute(prediction);
  if (predictSeconds === null) return {};
  const totalSeconds = toMicroseconds(prediction.bootSeconds + predictSeconds);
  const metrics = { predict_time: predictSeconds, total_time: totalSeconds };
  return prediction.state.status === "succeeded" ? { ...metrics, ...metricsOfOutput(prediction) } : metrics;
}

function metricsOfOutput({ order: { price, drawing }, predictSeconds }: Prediction): Record<string, number> {
  if (price.per === "second of output") return { [price.metric]: secondsOf(drawing) };
  if (price.per === "image" && drawing.kind === "image") return { image_count: drawing.count };
  if (price.per !== "token" || drawing.kind !== "text") return {};
  const tokens = drawing.pieces.length;
  return {
    input_token_count: price.inputTokens,
    output_token_count: tokens,
    tokens_per_second: toMicroseconds(tokens / predictSeconds),
    time_to_first_token: toMicroseconds(predictSeconds / tokens),
  };
}

const toMicroseconds = (seconds: number) => Math.round(seconds * 1e6) / 1e6;

/** ISO 8601 with microseconds, as Replicate mostly has them. */
export function timestamp(at: number): string {
  const microseconds = Math.floor(Math.round(at * 1000) % 1000);
  return `${new Date(Math.floor(at)).toISOString().slice(0, -1)}${String(microseconds).padStart(3, "0")}Z`;
}
