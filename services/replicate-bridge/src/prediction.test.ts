import { describe, expect, it } from "vitest";
import { prediction, upstreamJson } from "../test/examples.ts";
import { predictionSchema } from "./prediction.ts";
import { parseTimestamp } from "./timestamp.ts";

describe("predictionSchema", () => {
  it("reads a prediction of which only the id and the status are as expected", () => {
    const bare = { id: "p1", status: "starting" };
    expect(predictionSchema.parse(bare)).toMatchObject({ id: "p1", webhook: null, createdAt: null, metrics: {} });
    const odd = { ...bare, metrics: null, created_at: 7, completed_at: "soon", data_removed: "no", webhook: {} };
    expect(predictionSchema.parse(odd)).toMatchObject({ createdAt: null, completedAt: null, dataRemoved: false });
  });

  it("ignores fields that are new", () => {
    expect(prediction({ deadline: "2026-11-20T11:00:00Z", tier: "fast" }).id).toBe(upstreamJson().id);
  });

  it("refuses an id that could not be put into a URL", () => {
    expect(predictionSchema.safeParse({ id: "../files", status: "starting" }).success).toBe(false);
  });
});

describe("parseTimestamp", () => {
  it.each([
    ["2024-09-19T23:45:00Z", "2024-09-19T23:45:00.000Z"],
    ["2024-09-19T23:45:00.606Z", "2024-09-19T23:45:00.606Z"],
    ["2024-09-19T23:45:01.446202Z", "2024-09-19T23:45:01.446Z"],
    ["2024-10-23T16:38:13.864815738Z", "2024-10-23T16:38:13.864Z"],
    ["2024-10-23T16:38:13.8", "2024-10-23T16:38:13.800Z"],
    ["2024-10-23T18:38:13.864+02:00", "2024-10-23T16:38:13.864Z"],
    ["2024-13-23T18:38:13Z", null],
    ["yesterday", null],
  ])("reads %s as %s", (text, expected) => {
    expect(parseTimestamp(text)).toBe(expected);
  });
});
