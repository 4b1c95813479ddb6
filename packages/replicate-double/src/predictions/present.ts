import { secondsOf } from "../media/drawing.ts";
import { type EndedPrediction, expiresAt, hasEnded, type Prediction, secondsOfCompute } from "./prediction.ts";

interface Viewpoint {
  baseUrl: string;
  now: number;
}

/** The prediction as Replicate's API and its webhooks show it. */
export function presentPrediction(prediction: Prediction, { baseUrl, now }: Viewpoint): Record<string, unknown> {
  const { id, model, version, input, state, webhook, deadline } = prediction;
  const ended = hasEnded(prediction) ? prediction : undefined;
  const removed = ended !== undefined && expiresAt(ended) <= now;
  const startedAt = "startedAt" in state ? state.startedAt : null;
  return {
    id,
    model,
    version,
    input: removed ? {} : input,
    logs: removed || startedAt === null ? "" : `Using seed: ${prediction.order.seed}\n`,
    output: state.status === "succeeded" && !removed ? outputOf(prediction, state.outputNames, baseUrl) : null,
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
    },
  };
}

/** Links to the output: a list or a single one, as the model has it. */
export function outputOf({ id, order }: Prediction, names: string[], baseUrl: string): string[] | string | null {
  const urls = names.map((name) => `${baseUrl}/delivery/${id}/${name}`);
  return order.output === "uri" ? (urls[0] ?? null) : urls;
}

/** Durations are in the model's own time, whatever the scale of the double's. */
function metricsOf(prediction: EndedPrediction): Record<string, number> {
  const predictSeconds = secondsOfCompute(prediction);
  if (predictSeconds === null) return {};
  const totalSeconds = Math.round((prediction.bootSeconds + predictSeconds) * 1e6) / 1e6;
  const metrics = { predict_time: predictSeconds, total_time: totalSeconds };
  if (prediction.state.status !== "succeeded") return metrics;
  const { price, drawing } = prediction.order;
  if (price.per === "second of output") return { ...metrics, [price.metric]: secondsOf(drawing) };
  return price.per === "image" && drawing.kind === "image" ? { ...metrics, image_count: drawing.count } : metrics;
}

/** ISO 8601 with microseconds, as Replicate mostly has them. */
export function timestamp(at: number): string {
  const microseconds = Math.floor(Math.round(at * 1000) % 1000);
  return `${new Date(Math.floor(at)).toISOString().slice(0, -1)}${String(microseconds).padStart(3, "0")}Z`;
}
