import { expect, test } from "vitest";
import { afterFailure, backoff, type FailedDelivery } from "./retry.ts";

const queue = "arn:aws:sqs:us-east-1:000000000000:dead";
const delivery: FailedDelivery = {
  ruleArn: "arn:rule",
  targetArn: "arn:target",
  deadLetterArn: queue,
  maximumRetryAttempts: 2,
  maximumEventAgeSeconds: 60,
  createdAt: 1_000,
  attempts: 1,
};
const throttled = { errorCode: "THROTTLING", message: "slow down" };
const at = (now: number, delay = 500) => ({ now, delay });

test("a delivery that may still succeed is tried again after the delay", () => {
  expect(afterFailure(delivery, throttled, at(2_000))).toEqual({ step: "retry", at: 2_500 });
});

test("the last try is at the end of the event's life, not after it", () => {
  expect(afterFailure(delivery, throttled, at(60_900))).toEqual({ step: "retry", at: 61_000 });
});

test("as many retries as allowed, then a dead letter that says so", () => {
  expect(afterFailure({ ...delivery, attempts: 2 }, throttled, at(2_000)).step).toBe("retry");
  expect(afterFailure({ ...delivery, attempts: 3 }, throttled, at(2_000))).toEqual({
    step: "dead-letter",
    queueArn: queue,
    attributes: {
      RULE_ARN: "arn:rule",
      TARGET_ARN: "arn:target",
      ERROR_CODE: "THROTTLING",
      ERROR_MESSAGE: "slow down",
      EXHAUSTED_RETRY_CONDITION: "MaximumRetryAttempts",
      RETRY_ATTEMPTS: "2",
    },
  });
});

test("an event that is too old is a dead letter by its age", () => {
  expect(afterFailure(delivery, throttled, at(61_000))).toMatchObject({
    attributes: { EXHAUSTED_RETRY_CONDITION: "MaximumEventAgeInSeconds" },
  });
});

test("what cannot succeed is a dead letter at once, without a condition", () => {
  const gone = { errorCode: "NO_RESOURCE", message: "no such queue" };
  const next = afterFailure(delivery, gone, at(2_000));
  expect(next).toMatchObject({ step: "dead-letter", attributes: { ERROR_CODE: "NO_RESOURCE", RETRY_ATTEMPTS: "0" } });
  expect(next).not.toHaveProperty("attributes.EXHAUSTED_RETRY_CONDITION");
});

test("without a dead-letter queue the event is dropped", () => {
  expect(afterFailure({ ...delivery, deadLetterArn: null, attempts: 3 }, throttled, at(2_000))).toEqual({
    step: "drop",
  });
});

test("the delays of 185 retries fill about a day and never exceed eight minutes", () => {
  const delays = Array.from({ length: 185 }, (_, retry) => backoff(retry + 1, () => 1));
  expect(Math.max(...delays)).toBe(480_000);
  expect(delays.reduce((sum, delay) => sum + delay)).toBeGreaterThan(23 * 3_600_000);
  expect(backoff(1, () => 0)).toBe(125);
});
