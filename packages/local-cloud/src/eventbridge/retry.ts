/** Why a target did not take an event; `errorCode` is EventBridge's own, as its dead letters carry it. */
export interface DeliveryFailure {
  errorCode: string;
  message: string;
}

export interface FailedDelivery {
  ruleArn: string;
  targetArn: string;
  deadLetterArn: string | null;
  maximumRetryAttempts: number;
  maximumEventAgeSeconds: number;
  createdAt: number;
  /** Made so far, with the one that just failed. */
  attempts: number;
}

type NextStep =
  | { step: "retry"; at: number }
  | { step: "dead-letter"; queueArn: string; attributes: Record<string, string> }
  | { step: "drop" };

/** Trying again cannot help before somebody repairs the cause; EventBridge does not retry these. */
const permanentCodes = new Set([
  "INVALID_JSON",
  "INVALID_PARAMETER",
  "NO_PERMISSIONS",
  "NO_RESOURCE",
  "SDK_CLIENT_ERROR",
  "THIRD_ACCOUNT_HOP_DETECTED",
]);

/** What becomes of a delivery that failed, by its target's retry policy. */
export function afterFailure(
  delivery: FailedDelivery,
  failure: DeliveryFailure,
  { now, delay }: { now: number; delay: number },
): NextStep {
  const endOfLife = delivery.createdAt + delivery.maximumEventAgeSeconds * 1_000;
  const exhausted =
    delivery.attempts > delivery.maximumRetryAttempts
      ? "MaximumRetryAttempts"
      : now >= endOfLife
        ? "MaximumEventAgeInSeconds"
        : undefined;
  const permanent = permanentCodes.has(failure.errorCode);
  if (!permanent && exhausted === undefined) return { step: "retry", at: Math.min(now + delay, endOfLife) };
  if (delivery.deadLetterArn === null) return { step: "drop" };
  return {
    step: "dead-letter",
    queueArn: delivery.deadLetterArn,
    attributes: {
      RULE_ARN: delivery.ruleArn,
      TARGET_ARN: delivery.targetArn,
      ERROR_CODE: failure.errorCode,
      ERROR_MESSAGE: failure.message,
      ...(permanent || exhausted === undefined ? {} : { EXHAUSTED_RETRY_CONDITION: exhausted }),
      RETRY_ATTEMPTS: String(delivery.attempts - 1),
    },
  };
}

/** Doubles from a quarter of a second to the eight minutes that 185 retries in a day come to, with jitter. */
export function backoff(attempts: number, random = Math.random): number {
  const ceiling = Math.min(250 * 2 ** Math.min(attempts - 1, 20), 480_000);
  return Math.round(ceiling * (0.5 + random() / 2));
}
