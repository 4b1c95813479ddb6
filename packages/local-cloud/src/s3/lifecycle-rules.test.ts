import { describe, expect, test } from "vitest";
import { abortTimeOf, expiryOf, type LifecycleRule } from "./lifecycle-rules.ts";

const at = (iso: string) => Date.parse(iso);
const rule = (more: Partial<LifecycleRule>): LifecycleRule => ({
  id: "rule",
  isEnabled: true,
  filter: { tags: [] },
  ...more,
});
const object = { key: "tmp/a", bytes: 10, modifiedAt: at("2026-03-10T15:30:00Z"), tags: [] };

describe("an object expires", () => {
  test("at the midnight (UTC) after its days", () => {
    expect(expiryOf(object, [rule({ expirationDays: 1 })])).toEqual({
      expiresAt: at("2026-03-12T00:00:00Z"),
      ruleId: "rule",
    });
  });

  test("by the earliest rule that fits", () => {
    const rules = [
      rule({ id: "late", expirationDays: 9 }),
      rule({ id: "date", expirationDate: "2026-03-13T00:00:00.000Z" }),
      rule({ id: "other prefix", filter: { prefix: "keep/", tags: [] }, expirationDays: 1 }),
      rule({ id: "off", isEnabled: false, expirationDays: 1 }),
      rule({ id: "bigger", filter: { objectSizeGreaterThan: 10, tags: [] }, expirationDays: 1 }),
      rule({ id: "tagged", filter: { tags: [["a", "b"]] }, expirationDays: 1 }),
    ];
    expect(expiryOf(object, rules)?.ruleId).toBe("date");
    expect(expiryOf({ ...object, tags: [["a", "b"]] }, rules)?.ruleId).toBe("tagged");
    expect(expiryOf({ ...object, bytes: 11 }, rules)?.ruleId).toBe("bigger");
  });

  test("never without a rule that fits", () => {
    expect(expiryOf(object, [rule({ abortIncompleteMultipartUploadDays: 1 })])).toBeUndefined();
  });
});

test("an upload is aborted at the midnight after its days, and only by rules of its prefix", () => {
  const upload = { key: "tmp/a", initiatedAt: at("2026-03-10T00:00:00Z") };
  const abort = { abortIncompleteMultipartUploadDays: 2 };
  expect(abortTimeOf(upload, [rule(abort)])).toBe(at("2026-03-12T00:00:00Z"));
  expect(abortTimeOf(upload, [rule({ ...abort, filter: { prefix: "x", tags: [] } })])).toBeUndefined();
});
