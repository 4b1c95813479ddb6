import { describe, expect, it } from "vitest";
import { evaluate, type Statement } from "./evaluate.ts";
import type { Right } from "./right.ts";

const table = "arn:aws:dynamodb:us-east-1:000000000000:table/jobs";
const read: Right = { action: "dynamodb:GetItem", resource: table };
const allows = (statement: Partial<Statement>, right: Right = read) =>
  evaluate([{ actions: ["dynamodb:GetItem"], resources: [table], ...statement }], right).allowed;

describe("a right", () => {
  it("is denied when no statement names it", () => {
    expect(evaluate([], read)).toEqual({ allowed: false, explicit: false, unknown: [] });
    expect(allows({}, { ...read, action: "dynamodb:PutItem" })).toBe(false);
    expect(allows({}, { ...read, resource: `${table}-of-another` })).toBe(false);
  });

  it("is allowed by the statement that names it, which is told as it was written", () => {
    const statements = [{ actions: ["dynamodb:Get*"], resources: ["arn:aws:dynamodb:*:*:table/jobs"] }];
    expect(evaluate(statements, read)).toEqual({
      allowed: true,
      grant: { action: "dynamodb:Get*", resource: "arn:aws:dynamodb:*:*:table/jobs" },
    });
  });

  it("is denied by one deny, whatever else allows it", () => {
    const statements: Statement[] = [
      { actions: ["*"], resources: ["*"] },
      { effect: "Deny", actions: ["dynamodb:*"], resources: [table] },
    ];
    expect(evaluate(statements, read)).toEqual({ allowed: false, explicit: true, unknown: [] });
    expect(evaluate(statements, { action: "sqs:SendMessage", resource: "*" }).allowed).toBe(true);
  });
});

describe("a pattern", () => {
  it("of an action knows no case", () => {
    expect(allows({ actions: ["DynamoDB:getitem"] })).toBe(true);
  });

  it.each([
    ["*", true],
    ["arn:aws:dynamodb:us-east-1:000000000000:table/*", true],
    ["arn:aws:dynamodb:us-east-1:000000000000:table/job?", true],
    ["arn:aws:dynamodb:us-east-1:000000000000:table/job", false],
    ["arn:aws:dynamodb:us-east-1:*:table/jobs", true],
    ["arn:aws:dynamodb:*", false],
    ["arn:aws:dynamodb:us-east-1:000000000000:table.jobs", false],
  ])("of a resource, %s, stays within its segment", (pattern, expected) => {
    expect(allows({ resources: [pattern] })).toBe(expected);
  });

  it("reaches over slashes and colons of the last segment", () => {
    const statement = { actions: ["s3:GetObject"], resources: ["arn:aws:s3:::media/*"] };
    expect(evaluate([statement], { action: "s3:GetObject", resource: "arn:aws:s3:::media/a/b:c" }).allowed).toBe(true);
    expect(evaluate([statement], { action: "s3:GetObject", resource: "arn:aws:s3:::media" }).allowed).toBe(false);
  });
});

describe("a condition", () => {
  const metric: Right = { ...read, context: { "cloudwatch:namespace": "VSL/Media", "events:source": undefined } };
  const meets = (conditions: unknown) => allows({ conditions }, metric);

  it.each([
    [{ StringEquals: { "cloudwatch:namespace": "VSL/Media" } }, true],
    [{ StringEquals: { "CloudWatch:Namespace": ["Other", "VSL/Media"] } }, true],
    [{ StringEquals: { "cloudwatch:namespace": "VSL" } }, false],
    [{ StringEqualsIgnoreCase: { "cloudwatch:namespace": "vsl/media" } }, true],
    [{ StringNotEquals: { "cloudwatch:namespace": "VSL/Media" } }, false],
    [{ StringNotEquals: { "cloudwatch:namespace": "Other" } }, true],
    [{ StringLike: { "cloudwatch:namespace": "VSL/*" } }, true],
    [{ StringNotLike: { "cloudwatch:namespace": "VSL/*" } }, false],
    [{ StringEquals: { "events:source": "vsl" } }, false],
    [{ StringEqualsIfExists: { "events:source": "vsl" } }, true],
    [{ StringLike: { "cloudwatch:namespace": "VSL/*" }, StringEquals: { "events:source": "vsl" } }, false],
  ])("%j is judged as AWS judges it", (conditions, expected) => {
    expect(meets(conditions)).toBe(expected);
  });

  it("of ARNs compares segment by segment", () => {
    const right = { ...read, context: { "aws:SourceArn": "arn:aws:sqs:us-east-1:1:a" } };
    expect(allows({ conditions: { ArnLike: { "aws:SourceArn": "arn:aws:sqs:*:1:*" } } }, right)).toBe(true);
    expect(allows({ conditions: { ArnLike: { "aws:SourceArn": "arn:aws:sqs:*" } } }, right)).toBe(false);
  });

  it.each([
    [{ DateGreaterThan: { "cloudwatch:namespace": "2026" } }, "the condition operator DateGreaterThan"],
    [
      { "ForAllValues:StringEquals": { "cloudwatch:namespace": "x" } },
      "the condition operator ForAllValues:StringEquals",
    ],
    [{ StringEquals: { "aws:SourceVpc": "vpc-1" } }, "the condition key aws:SourceVpc"],
    [["StringEquals"], "a condition of another form than IAM's"],
  ])("that is not known here, %j, denies and is named", (conditions, named) => {
    const allow = { actions: ["*"], resources: ["*"], conditions };
    expect(evaluate([allow], metric)).toEqual({ allowed: false, explicit: false, unknown: [named] });
    const everything = { actions: ["*"], resources: ["*"] };
    expect(evaluate([everything, { ...allow, effect: "Deny" }], metric).allowed).toBe(false);
  });
});
