import { expect, test } from "vitest";
import { checkRedriveAllowPolicy, checkRedrivePolicy, type DeadLetterTarget } from "./redrive-policy.ts";

const targetArn = "arn:aws:sqs:us-east-1:000000000000:dead";
const source = { arn: "arn:aws:sqs:us-east-1:000000000000:source", fifo: false };
const check = (policy: unknown, target: DeadLetterTarget = { fifo: false, redriveAllowPolicy: undefined }) =>
  checkRedrivePolicy(JSON.stringify(policy), source, (arn) => (arn === targetArn ? target : undefined));

test("writes the policy as AWS does, the count as a number", () => {
  expect(check({ maxReceiveCount: "3", deadLetterTargetArn: targetArn })).toBe(
    `{"deadLetterTargetArn":"${targetArn}","maxReceiveCount":3}`,
  );
});

test("says what is missing, and that text is no JSON map", () => {
  expect(() => check({ deadLetterTargetArn: targetArn })).toThrow("mandatory attribute: maxReceiveCount");
  expect(() => check([1])).toThrow("Redrive policy is not a valid JSON map.");
});

test("heeds whose dead letters a queue takes", () => {
  const allow = (redriveAllowPolicy: object) => ({
    fifo: false,
    redriveAllowPolicy: JSON.stringify(redriveAllowPolicy),
  });
  const policy = { deadLetterTargetArn: targetArn, maxReceiveCount: 1 };
  expect(() => check(policy, allow({ redrivePermission: "denyAll" }))).toThrow("does not allow");
  expect(() => check(policy, allow({ redrivePermission: "byQueue", sourceQueueArns: ["other"] }))).toThrow();
  expect(check(policy, allow({ redrivePermission: "byQueue", sourceQueueArns: [source.arn] }))).toContain(targetArn);
});

test("wants ARNs exactly where a policy names queues", () => {
  const allow = (policy: object) => () => checkRedriveAllowPolicy(JSON.stringify(policy));
  expect(allow({ redrivePermission: "allowAll" })).not.toThrow();
  expect(allow({ redrivePermission: "allowAll", sourceQueueArns: ["a"] })).toThrow("sourceQueueArns");
  expect(allow({ redrivePermission: "byQueue" })).toThrow("sourceQueueArns");
  expect(allow({ redrivePermission: "some" })).toThrow("Invalid value for redrivePermission.");
});
