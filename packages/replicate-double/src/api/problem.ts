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

export const invalidParameter = (detail: string) => new Problem(400, { title: "Bad request", detail, status: 400 });

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
