import { createHash } from "node:crypto";
import { type AccountId, type JobId, Rejected } from "@vsl/events";
import { canonicalJson } from "./json-body.ts";

const maxKeyCharacters = 255;

/** For how long the same key means the same job. */
export const keptSeconds = 24 * 60 * 60;

/** A caller's promise that all requests with this key are one. Only hashes are kept of both. */
export interface Idempotency {
  accountId: AccountId;
  keyHash: string;
  bodyHash: string;
}

/** What a caller was told of a job; the whole 202 follows from it. */
export interface Answer {
  jobId: JobId;
  estimatedSeconds: number;
  amountMicros: number;
}

export interface KeptAnswer extends Answer {
  bodyHash: string;
}

/** Null without the header. */
export function parseIdempotency(
  header: string | undefined,
  { accountId, body }: { accountId: AccountId; body: unknown },
): Idempotency | null {
  if (header === undefined) return null;
  if (header === "" || header.length > maxKeyCharacters) {
    const message = `must have 1 to ${maxKeyCharacters} characters`;
    throw new Rejected("idempotency.invalid", "The idempotency key is not valid", [
      { path: "Idempotency-Key", message },
    ]);
  }
  return { accountId, keyHash: sha256(header), bodyHash: sha256(canonicalJson(body)) };
}

/** The answer that was given under this key, if the request is the same. */
export function sameAnswer({ bodyHash, ...answer }: KeptAnswer, idempotency: Idempotency): Answer {
  if (bodyHash === idempotency.bodyHash) return answer;
  throw new Rejected("idempotency.mismatch", "The idempotency key was used for another request");
}

const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");
