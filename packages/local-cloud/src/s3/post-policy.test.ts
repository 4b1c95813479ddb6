import { describe, expect, test } from "vitest";
import { allowedBytes, checkForm, parsePolicy } from "./post-policy.ts";

const expiration = "2999-01-01T00:00:00.000Z";
const base64 = (policy: unknown) => Buffer.from(JSON.stringify(policy)).toString("base64");
const parse = (conditions: unknown) => parsePolicy(base64({ expiration, conditions }));
const check = (conditions: unknown[], fields: Record<string, string>) =>
  checkForm(parse(conditions), { fields: new Map(Object.entries(fields)), now: 0 });

describe("a policy that cannot be read is refused:", () => {
  test.each<[unknown, string]>([
    [[], "Invalid JSON."],
    [{ conditions: [] }, "Policy missing expiration."],
    [{ expiration }, "Policy missing conditions."],
    [{ expiration: "tomorrow", conditions: [] }, "Invalid 'expiration' value: 'tomorrow'"],
    [{ expiration, conditions: {} }, "Invalid 'conditions' value: must be a List."],
    [
      { expiration, conditions: [{ acl: "private", key: "k" }] },
      "Invalid Simple-Condition: Simple-Conditions must have exactly one property specified.",
    ],
    [{ expiration, conditions: [{ acl: 1 }] }, "Invalid Simple-Condition: value must be a string."],
    [{ expiration, conditions: [["ends-with", "$key", "x"]] }, 'Invalid Condition: ["ends-with","$key","x"]'],
    [{ expiration, conditions: [["content-length-range", -1, 0]] }, 'Invalid Condition: ["content-length-range",-1,0]'],
  ])("%j", (policy, reason) => {
    expect(() => parsePolicy(base64(policy))).toThrow(`Invalid Policy: ${reason}`);
  });

  test("not JSON at all", () => {
    expect(() => parsePolicy("{policy}")).toThrow("Invalid Policy: Invalid JSON.");
  });
});

describe("a form", () => {
  test("is taken with names in any case, and fields that are to be ignored", () => {
    check([["StArTs-WiTh", "$KeY", "user/"], { ACL: "private" }], { key: "user/1", acl: "private", "x-ignore-a": "1" });
  });

  test("may leave out a field that may begin with anything, but none that must be something", () => {
    check([["starts-with", "$acl", ""]], {});
    expect(() => check([{ acl: "x" }], {})).toThrow('Policy Condition failed: ["eq", "$acl", "x"]');
  });

  test("is refused with a condition on nothing, and with fields that no condition names", () => {
    expect(() => check([["eq", "key", "k"]], { key: "k" })).toThrow('Policy Condition failed: ["eq", "key", "k"]');
    expect(() => check([], { key: "k", bucket: "b" })).toThrow("Extra input fields: key, bucket");
  });
});

test("all ranges of a file's length hold", () => {
  const range = (least: unknown, most: unknown) => ["content-length-range", least, most];
  expect(allowedBytes(parse([range("5", "10"), range(1, 7)]))).toEqual({ least: 5, most: 7 });
});
