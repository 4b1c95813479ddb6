import Replicate from "replicate";
import * as z from "zod";
import { type Prediction, predictionSchema } from "../prediction.ts";
import { retryAfterSeconds } from "../throttle.ts";
import type { CreateAnswer, ReadAnswer, Trouble, Upstream } from "../upstream.ts";

export interface ReplicateOptions {
  token: string;
  /** With its version, such as `https://api.replicate.com/v1`. */
  baseUrl: string;
  fetch?: typeof globalThis.fetch;
  /** For each request, its answer's body included; asked anew before each. */
  deadlineMs?: () => number;
  now?: () => number;
}

/** An answer other than 2xx. */
interface Refusal {
  status: number;
  body: unknown;
  retryAfter: string | null;
}

type Attempt =
  | { kind: "answered"; json: unknown }
  | { kind: "refused"; refusal: Refusal }
  | { kind: "lost"; reason: string };

const pageSchema = z.object({ results: z.array(z.unknown()), next: z.string().nullish() });
const problemSchema = z.object({ detail: z.string() });
export const longestRequestMs = 15_000;
const searchWithinMs = 20_000;

/**
 * The official client's typed calls, one request each. Left to itself the client repeats a create up to six times within
 * milliseconds when the connection breaks or upstream answers 429 (1.4.0), and each may be paid for: it never gets to see either.
 */
export function createReplicateUpstream({
  token,
  baseUrl,
  fetch = globalThis.fetch,
  deadlineMs = () => longestRequestMs,
  now = Date.now,
}: ReplicateOptions): Upstream {
  return {
    createPrediction: async ({ model, input }, webhookUrl): Promise<CreateAnswer> => {
      const target = model.version ? { version: model.version } : { model: `${model.owner}/${model.name}` };
      const notify = webhookUrl ? { webhook: webhookUrl, webhook_events_filter: ["completed" as const] } : {};
      const attempt = await once((client, signal) =>
        client.predictions.create({ ...target, input, ...notify, signal }),
      );
      const answer = predictionIn(attempt);
      if (answer.kind === "found") return { kind: "created", prediction: answer.prediction };
      return answer.kind === "refusal" ? refusedCreate(answer.refusal) : answer;
    },

    readPrediction: async (predictionId, options) =>
      read(await once((client, signal) => client.predictions.get(predictionId, { signal }), options?.deadlineMs)),

    cancelPrediction: async (predictionId) =>
      read(await once((client, signal) => client.predictions.cancel(predictionId, { signal }))),

    findPredictions: async ({ createdAfter, matches }) => {
      const predictions: Prediction[] = [];
      const searchUntil = now() + searchWithinMs;
      let next: string | null = `/predictions?${new URLSearchParams({ created_after: createdAfter })}`;
      while (next) {
        if (now() >= searchUntil) return { kind: "unclear", reason: "the search takes too long" };
        const route: string = next;
        const attempt = await once(async (client, signal) => (await client.request(route, { signal })).json());
        if (attempt.kind !== "answered") return troubleOf(attempt);
        const page = pageSchema.safeParse(attempt.json);
        if (!page.success) return { kind: "unclear", reason: "unreadable page" };
        predictions.push(...page.data.results.flatMap(readable).filter(matches));
        next = nextPage(page.data.next);
        // The token goes wherever the next page is.
        if (next && new URL(next).origin !== new URL(baseUrl).origin) {
          return { kind: "unclear", reason: "the next page is elsewhere" };
        }
      }
      return { kind: "searched", predictions };
    },
  };

  function nextPage(next: string | null | undefined): string | null {
    return next && URL.canParse(next, baseUrl) ? new URL(next, baseUrl).href : null;
  }

  /** One request. A new client for each, so that what was really answered can be kept beside what the client is shown. */
  async function once(
    call: (client: Replicate, signal: AbortSignal) => Promise<unknown>,
    withinMs = longestRequestMs,
  ): Promise<Attempt> {
    const seen: { refusal: Refusal | null; lost: string | null } = { refusal: null, lost: null };
    const client = new Replicate({ auth: token, baseUrl, useFileOutput: false, fetch: fetchOnce });
    try {
      return {
        kind: "answered",
        json: await call(client, AbortSignal.timeout(Math.max(1, Math.min(withinMs, deadlineMs())))),
      };
    } catch (error) {
      if (seen.refusal) return { kind: "refused", refusal: seen.refusal };
      return { kind: "lost", reason: seen.lost ?? nameOf(error) };
    }

    async function fetchOnce(input: Request | string, init?: RequestInit): Promise<Response> {
      try {
        // A redirect would carry the token, or repeat a create, elsewhere.
        const response = await fetch(input, { ...init, redirect: "error" });
        if (response.ok) return response;
        const body = parseJson(await response.text());
        seen.refusal = { status: response.status, body, retryAfter: response.headers.get("retry-after") };
      } catch (error) {
        seen.lost = nameOf(error);
      }
      // A status that the client neither repeats nor takes for success.
      return new Response(null, { status: 498 });
    }
  }

  function read(attempt: Attempt): ReadAnswer {
    const answer = predictionIn(attempt);
    if (answer.kind !== "refusal") return answer;
    return answer.refusal.status === 404 ? { kind: "missing" } : refusalTrouble(answer.refusal);
  }

  function refusedCreate(refusal: Refusal): CreateAnswer {
    const { status, body } = refusal;
    const mayPass = status >= 500 || [401, 408, 425, 429].includes(status);
    if (mayPass) return refusalTrouble(refusal);
    const message = problemSchema.safeParse(body).data?.detail.trim() || `Replicate answered ${status}.`;
    return { kind: "refused", code: status === 402 ? "insufficient_credit" : "upstream_rejected", message };
  }

  function troubleOf(attempt: Exclude<Attempt, { kind: "answered" }>): Trouble {
    return attempt.kind === "refused" ? refusalTrouble(attempt.refusal) : { kind: "unclear", reason: attempt.reason };
  }

  function refusalTrouble({ status, body, retryAfter }: Refusal): Trouble {
    if (status === 429) {
      return { kind: "throttled", retryAfterSeconds: retryAfterSeconds({ header: retryAfter, body, now: now() }) };
    }
    if (status === 401) return { kind: "unauthorized" };
    return { kind: "unclear", reason: `status ${status}` };
  }
}

function predictionIn(
  attempt: Attempt,
): { kind: "found"; prediction: Prediction } | { kind: "refusal"; refusal: Refusal } | Trouble {
  if (attempt.kind === "refused") return { kind: "refusal", refusal: attempt.refusal };
  if (attempt.kind === "lost") return { kind: "unclear", reason: attempt.reason };
  const [prediction] = readable(attempt.json);
  return prediction ? { kind: "found", prediction } : { kind: "unclear", reason: "unreadable prediction" };
}

function readable(json: unknown): Prediction[] {
  const parsed = predictionSchema.safeParse(json);
  return parsed.success ? [parsed.data] : [];
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** Node hides why a connection broke in the cause's code. */
function nameOf(error: unknown): string {
  if (!(error instanceof Error)) return "unknown";
  const { cause } = error;
  return cause instanceof Error && "code" in cause && typeof cause.code === "string" ? cause.code : error.name;
}
