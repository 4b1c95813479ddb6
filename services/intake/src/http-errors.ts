import { Rejected } from "@vsl/events";
import { RateLimited } from "./rate-limit.ts";
import { Unavailable } from "./unavailable.ts";

type ErrorStatus = 400 | 401 | 404 | 409 | 413 | 415 | 422 | 429 | 500 | 503;

export interface ErrorAnswer {
  status: ErrorStatus;
  headers: Record<string, string>;
  body: Record<string, unknown>;
}

/** What is refused is a 400, but for these. */
const statusOfCode: Readonly<Record<string, ErrorStatus>> = {
  "auth.required": 401,
  "route.unknown": 404,
  "job.unknown": 404,
  "job.ended": 409,
  "body.too_large": 413,
  "body.media_type": 415,
  "idempotency.mismatch": 422,
  "rate.exceeded": 429,
};

const unavailableRetrySeconds = 5;

/** The one place where errors become HTTP. What is not known here is our bug: the caller learns nothing of it. */
export function answerOfError(error: unknown): ErrorAnswer {
  if (error instanceof RateLimited) {
    const { retryAfterSeconds } = error;
    return {
      status: 429,
      headers: { "retry-after": String(retryAfterSeconds) },
      body: { error: error.message, retryAfter: retryAfterSeconds },
    };
  }
  if (error instanceof Rejected) {
    const { code, message, fields } = error;
    const status = statusOfCode[code] ?? 400;
    return {
      status,
      headers: status === 401 ? { "www-authenticate": "Bearer" } : {},
      body: { error: message, code, ...(status === 400 && { fields }) },
    };
  }
  if (error instanceof Unavailable) {
    return {
      status: 503,
      headers: { "retry-after": String(unavailableRetrySeconds) },
      body: {
        error: "The service is unavailable for the moment",
        code: "unavailable",
        retryAfter: unavailableRetrySeconds,
      },
    };
  }
  return { status: 500, headers: {}, body: { error: "Internal error", code: "internal" } };
}
