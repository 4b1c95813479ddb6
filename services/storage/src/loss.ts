import { type Failure, RetryLater } from "@vsl/events";
import { OutputLost, OutputUnreachable } from "./output-errors.ts";

export interface Attempt {
  /** Epoch milliseconds, both. */
  now: number;
  outputsExpireAt: number;
  /** How often the event has come, this time included. */
  receiveCount: number;
}

/** An output that has just been made may not be everywhere yet: it is missing only when it was not there so often. */
const attemptsUntilMissing = 4;
const shortestPauseSeconds = 2;
const pauseBeforeExpirySeconds = 10;
const longestPauseSeconds = 300;

/** What is certain about an attempt that failed; null when another one may succeed. */
export function lossOf(error: unknown, { now, outputsExpireAt, receiveCount }: Attempt): Failure | null {
  const expired = now >= outputsExpireAt;
  if (error instanceof OutputLost && error.failure.code !== "output_missing") return error.failure;
  if (expired && (error instanceof OutputLost || error instanceof OutputUnreachable)) {
    return { code: "output_expired", message: `The output could not be read before it expired: ${error.message}` };
  }
  return error instanceof OutputLost && receiveCount >= attemptsUntilMissing ? error.failure : null;
}

/** When an attempt failed upstream: back-off, but never so long that the last chance before the expiry is slept through. */
export function retryOf(error: unknown, { now, outputsExpireAt, receiveCount }: Attempt): unknown {
  if (!(error instanceof OutputLost || error instanceof OutputUnreachable)) return error;
  const backoffSeconds = Math.min(longestPauseSeconds, shortestPauseSeconds ** Math.min(receiveCount, 16));
  const halfOfTheRest = (outputsExpireAt - now) / 2000;
  const afterSeconds = Math.min(backoffSeconds, Math.max(pauseBeforeExpirySeconds, halfOfTheRest));
  return new RetryLater(error.message, { afterSeconds, cause: error });
}
