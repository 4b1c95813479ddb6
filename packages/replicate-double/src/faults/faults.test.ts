import { describe, expect, test } from "vitest";
import { faultRuleSchema, matches } from "./fault.ts";
import { createFaults } from "./faults.ts";

describe("what a fault is aimed at", () => {
  const creates = { route: "POST /v1/*predictions" };

  test("a star stands for any part of a route", () => {
    expect(matches(creates, { route: "POST /v1/predictions" })).toBe(true);
    expect(matches(creates, { route: "POST /v1/models/a/b/predictions" })).toBe(true);
    expect(matches(creates, { route: "POST /v1/predictions/x/cancel" })).toBe(false);
    expect(matches({ route: "GET /v1/a.b" }, { route: "GET /v1/aXb" })).toBe(false);
  });

  test("all that is named must be the same; what is not known is not the same", () => {
    expect(matches({ model: "a/b", predictionId: "p" }, { model: "a/b", predictionId: "p" })).toBe(true);
    expect(matches({ model: "a/b", predictionId: "p" }, { model: "a/b" })).toBe(false);
    expect(matches({}, {})).toBe(true);
  });
});

describe("striking", () => {
  test("stops after so many times, and the next fault has its turn", () => {
    const faults = createFaults();
    faults.plant([
      faultRuleSchema.parse({ times: 1, fault: { kind: "status", status: 500 } }),
      faultRuleSchema.parse({ fault: { kind: "status", status: 503 } }),
    ]);
    const statuses = [1, 2, 3].map(() => faults.strike(["status"], {})?.status);
    expect(statuses).toEqual([500, 503, 503]);
  });

  test("passes over faults of another kind", () => {
    const faults = createFaults();
    faults.plant([faultRuleSchema.parse({ fault: { kind: "reset", when: "before" } })]);
    expect(faults.strike(["webhook"], {})).toBeUndefined();
  });
});
