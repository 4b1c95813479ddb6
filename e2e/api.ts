import { setTimeout as sleep } from "node:timers/promises";
import { acceptedSchema, type Completed, type Status, statusSchema } from "./contract.ts";
import { until } from "./until.ts";

export interface Generation {
  userId: string;
  mediaType: string;
  modelId: string;
  parameters: Record<string, unknown>;
}

export interface Answer {
  status: number;
  headers: Headers;
  json: unknown;
}

interface Call {
  method?: string;
  headers?: Record<string, string>;
  body?: unknown;
}

/** A caller of the HTTP API, who knows only what is documented; with a key where one is asked for. */
export function createApi(url: string, { apiKey }: { apiKey?: string } = {}) {
  const authorization = apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` };

  async function callOnce(path: string, { method = "GET", headers = {}, body }: Call): Promise<Answer> {
    const response = await fetch(`${url}${path}`, {
      method,
      headers: { ...(body !== undefined && { "content-type": "application/json" }), ...authorization, ...headers },
      ...(body !== undefined && { body: typeof body === "string" ? body : JSON.stringify(body) }),
    });
    return { status: response.status, headers: response.headers, json: await response.json() };
  }

  /** A 503 promises that the same call may be made again: on a machine with too much to do at once that is no failure. */
  async function call(path: string, call: Call = {}): Promise<Answer> {
    for (let attempt = 1; ; attempt++) {
      const answer = await callOnce(path, call);
      if (answer.status !== 503 || attempt === 5) return answer;
      await sleep(Number(answer.headers.get("retry-after")) * 1000);
    }
  }

  const generate = (generation: unknown, headers: Record<string, string> = {}) =>
    call("/generate-media", { method: "POST", body: generation, headers });

  /** Throws unless the job is accepted as documented. */
  async function request(generation: Generation, headers?: Record<string, string>) {
    const { status, json } = await generate(generation, headers);
    if (status !== 202) throw new Error(`Refused with ${status}: ${JSON.stringify(json)}`);
    return acceptedSchema.parse(json);
  }

  async function readStatus(jobId: string): Promise<Status> {
    const { status, json } = await call(`/status/${jobId}`);
    if (status !== 200) throw new Error(`The status of ${jobId} is refused with ${status}: ${JSON.stringify(json)}`);
    return statusSchema.parse(json);
  }

  const cancel = (jobId: string) => call(`/jobs/${jobId}/cancel`, { method: "POST" });

  /** The first status in which the job has ended and has been charged; says how far it came when that is never. */
  async function ended(jobId: string, { withinMs = 60_000 }: { withinMs?: number } = {}): Promise<Status> {
    let last: Status | undefined;
    const hasEnded = async () => {
      last = await readStatus(jobId);
      const isRunning = last.status === "pending" || last.status === "processing";
      return isRunning || last.cost.source === "estimated" ? undefined : last;
    };
    try {
      return await until(`the end and the charge of job ${jobId}`, hasEnded, { withinMs, everyMs: 100 });
    } catch (cause) {
      throw new Error(`Job ${jobId} did not end: ${JSON.stringify(last)}`, { cause });
    }
  }

  async function completed(jobId: string, patience?: { withinMs: number }): Promise<Completed> {
    const status = await ended(jobId, patience);
    if (status.status !== "completed") throw new Error(`Job ${jobId} is not completed: ${JSON.stringify(status)}`);
    return status;
  }

  return { call, generate, request, readStatus, cancel, ended, completed };
}
