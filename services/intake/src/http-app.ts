import { type AccountId, Rejected } from "@vsl/events";
import { Hono } from "hono";
import type { Authenticate } from "./caller.ts";
import { type Generation, parseGeneration } from "./generation.ts";
import { answerOfError } from "./http-errors.ts";
import { type Answer, type Idempotency, parseIdempotency } from "./idempotency.ts";
import type { Job } from "./job.ts";
import { maxBodyBytes, parseBody } from "./json-body.ts";
import { describeStatus, dollarsOf, type LinkMaking } from "./status.ts";
import { Unavailable } from "./unavailable.ts";

/** One line a request: never a body, a key, a prompt or a link. `httpStatus`, since `status` is a job's in our logs. */
export interface RequestLine {
  level: "INFO" | "ERROR";
  message: "request";
  method: string;
  route: string;
  httpStatus: number;
  ms: number;
  jobId?: string;
  modelId?: string;
  code?: string;
  error?: string;
}

export interface Ports extends LinkMaking {
  authenticate: Authenticate;
  requestJob: (request: {
    accountId: AccountId;
    generation: Generation;
    idempotency: Idempotency | null;
  }) => Promise<Answer>;
  readJob: (asked: { accountId: AccountId; jobId: string }) => Promise<Job>;
  cancelJob: (asked: { accountId: AccountId; jobId: string }) => Promise<Job>;
  log: (line: RequestLine) => void;
  now?: () => number;
}

type Noted = Pick<RequestLine, "jobId" | "modelId"> & { route?: string };

/** The HTTP contract of intake. */
export function createApp({ authenticate, requestJob, readJob, cancelJob, log, now = Date.now, ...links }: Ports) {
  const app = new Hono<{ Variables: { noted: Noted } }>();

  app.use(async (context, next) => {
    const started = now();
    context.set("noted", {});
    await next();
    context.header("cache-control", "no-store");
    const { error } = context;
    const httpStatus = context.res.status;
    const { route = "unknown", ...noted } = context.get("noted");
    log({
      level: httpStatus >= 500 ? "ERROR" : "INFO",
      message: "request",
      method: context.req.method,
      route,
      httpStatus,
      ms: now() - started,
      ...noted,
      ...(error && describeError(error)),
    });
  });

  app.post("/generate-media", async (context) => {
    context.get("noted").route = "/generate-media";
    const accountId = await authenticate(context.req.header("authorization"));
    const body = parseBody(await readText(context.req.raw));
    const generation = parseGeneration(body);
    context.get("noted").modelId = generation.quote.modelId;
    const idempotency = parseIdempotency(context.req.header("idempotency-key"), { accountId, body });
    const { jobId, estimatedSeconds, amountMicros } = await requestJob({ accountId, generation, idempotency });
    context.get("noted").jobId = jobId;
    const answer = {
      jobId,
      status: "pending",
      estimatedTime: estimatedSeconds,
      estimatedCost: dollarsOf(amountMicros),
      replicateId: null,
      message: "Media generation started",
    };
    return context.json(answer, 202);
  });

  app.get("/status/:jobId", async (context) => {
    context.get("noted").route = "/status/{jobId}";
    const accountId = await authenticate(context.req.header("authorization"));
    const job = await readJob({ accountId, jobId: context.req.param("jobId") });
    context.get("noted").jobId = job.request.jobId;
    return context.json(describeStatus(job, { ...links, now: now() }));
  });

  app.post("/jobs/:jobId/cancel", async (context) => {
    context.get("noted").route = "/jobs/{jobId}/cancel";
    const accountId = await authenticate(context.req.header("authorization"));
    const job = await cancelJob({ accountId, jobId: context.req.param("jobId") });
    context.get("noted").jobId = job.request.jobId;
    return context.json(describeStatus(job, { ...links, now: now() }), 202);
  });

  app.all("*", () => {
    throw new Rejected("route.unknown", "There is nothing here");
  });

  app.onError((error, context) => {
    const { status, headers, body } = answerOfError(error);
    return context.json(body, status, headers);
  });

  return app;
}

/** A page on the web can post text to a machine's own port, but not JSON, unless that machine allows it. */
async function readText(request: Request): Promise<string> {
  const type = request.headers.get("content-type") ?? "";
  if (!/^application\/json\s*(;|$)/i.test(type)) {
    throw new Rejected("body.media_type", "The body must be application/json");
  }
  const bytes = await request.arrayBuffer();
  if (bytes.byteLength > maxBodyBytes) throw new Rejected("body.too_large", "The body may have at most 1 MB");
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new Rejected("body.not_json", "The body is not UTF-8");
  }
}

/** Our own words, and of a cause its name alone: an SDK's message may quote the request. A bug shows where it is. */
function describeError(error: Error): Pick<RequestLine, "code" | "error"> {
  if (error instanceof Rejected) return { code: error.code };
  if (!(error instanceof Unavailable)) return { error: error.stack ?? error.message };
  const cause = error.cause instanceof Error ? ` (${error.cause.name})` : "";
  return { error: `${error.message}${cause}` };
}
