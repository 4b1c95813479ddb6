import type { InvalidField } from "../models/invalid-fields.ts";

/** An answer that is an error, in Replicate's own words. */
export class Problem extends Error {
  readonly status: number;
  readonly body: Record<string, unknown>;
  readonly headers: Record<string, string>;

  constructor(status: number, body: Record<string, unknown>, headers: Record<string, string> = {}) {
    super(String(body["detail"] ?? status));
    this.name = "Problem";
    this.status = status;
    this.body = body;
    this.headers = headers;
  }
}

export const unauthenticated = (detail: string) => new Problem(401, { title: "Unauthenticated", detail, status: 401 });

export const notFound = () => new Problem(404, { detail: "The requested resource could not be found.", status: 404 });

const PROBLEM_JSON = { "content-type": "application/problem+json" };

export const fileNotFound = () => new Problem(404, { detail: "File not found", status: 404 }, PROBLEM_JSON);

export const contentTooLarge = () =>
  new Problem(413, { detail: "Files must be less than 100MB in size", status: 413 }, PROBLEM_JSON);

export const invalidVersion = () =>
  new Problem(422, {
    title: "Invalid version or not permitted",
    detail: "The specified version does not exist (or perhaps you don't have permission to use it?)",
    status: 422,
  });

export function invalidInput(fields: InvalidField[]): Problem {
  const lines = fields.map(({ field, description }) => `- ${field === "" ? "" : `${field}: `}${description}\n`);
  return new Problem(422, {
    detail: lines.join(""),
    status: 422,
    title: "Input validation failed",
    invalid_fields: fields,
  });
}

/** Our own bug; `/_log` has the reason. */
export const internalError = () =>
  new Problem(500, { title: "Internal server error", detail: "The double failed; see /_log.", status: 500 });

export const malformedBody = () =>
  new Problem(400, { title: "Bad request", detail: "The request body is not valid JSON.", status: 400 });

export const forbidden = (detail: string) => new Problem(403, { title: "Forbidden", detail, status: 403 });

export const conflict = (detail: string) => new Problem(409, { title: "Conflict", detail, status: 409 });

export const invalidParameter = (detail: string) => new Problem(400, { title: "Bad request", detail, status: 400 });

const insufficientCredit = () =>
  new Problem(402, {
    title: "Insufficient credit",
    detail:
      "You have insufficient credit to run this model. Go to https://replicate.com/account/billing#billing to purchase credit. Once you purchase credit, please wait a few minutes before trying again.",
    status: 402,
  });

interface Throttled {
  /** The sentence before "Your rate limit resets in …". */
  reason: string;
  resetSeconds: number;
  isLowCredit: boolean;
  retryAfterHeader: boolean;
}

export function throttled({ reason, resetSeconds, isLowCredit, retryAfterHeader }: Throttled): Problem {
  const detail = `${reason} Your rate limit resets in ~${resetSeconds}s.`;
  return new Problem(
    429,
    isLowCredit ? { detail, status: 429, retry_after: resetSeconds } : { detail },
    retryAfterHeader ? { "retry-after": String(resetSeconds) } : {},
  );
}

/** What Replicate says with this status when nothing else is known; nothing for those it was never seen with. */
export function usualProblem(status: number): Problem | undefined {
  const usual: Record<number, () => Problem> = {
    401: () => unauthenticated("You did not pass a valid authentication token"),
    402: insufficientCredit,
    404: notFound,
    422: invalidVersion,
    429: () =>
      throttled({
        reason: "Request was throttled.",
        resetSeconds: 30,
        isLowCredit: false,
        retryAfterHeader: false,
      }),
  };
  return usual[status]?.();
}
