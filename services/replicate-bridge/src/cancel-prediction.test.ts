import { describe, expect, it } from "vitest";
import { unclear } from "../test/fake-upstream.ts";
import { createWorld } from "../test/world.ts";

describe("cancelPrediction", () => {
  it("ends a job that comes after its cancel without asking upstream for anything", async () => {
    const world = createWorld();
    await world.cancel();
    await world.cancel();
    expect(world.announced).toEqual([]);
    await world.submit();
    await world.submit();
    expect(world.upstream.list()).toEqual([]);
    expect(world.completed()).toMatchObject({
      outcome: "canceled",
      predictionId: null,
      error: { code: "prediction_canceled" },
    });
    expect(world.announced).toHaveLength(1);
  });

  it("ends a job that waits for its turn, and the sweep does not submit it", async () => {
    const world = createWorld();
    world.upstream.plan("create", { kind: "throttled", retryAfterSeconds: 10 });
    await world.submit();
    await world.cancel();
    world.pass(60_000);
    await world.sweep();
    expect(world.upstream.calls("create")).toHaveLength(1);
    expect(world.facts()).toEqual(["PredictionCompleted"]);
  });

  it("cancels a running prediction upstream; the poll brings the outcome", async () => {
    const world = createWorld();
    await world.submit();
    await world.cancel();
    expect(world.upstream.read("p1")?.status).toBe("canceled");
    expect(world.facts()).toEqual(["PredictionStarted"]);
    world.pass(60_000);
    await world.reconcile();
    expect(world.completed()).toMatchObject({ outcome: "canceled", predictionId: "p1" });
  });

  it("comes again when upstream did not take it, and the reconciler repeats it too", async () => {
    const world = createWorld();
    await world.submit();
    world.upstream.plan("cancel", unclear);
    await expect(world.cancel()).rejects.toThrow("did not take the cancel");
    world.pass(60_000);
    await world.reconcile();
    expect(world.upstream.read("p1")?.status).toBe("canceled");
  });

  it("cancels what an attempt under way turns out to have made", async () => {
    const world = createWorld();
    world.upstream.plan("create", unclear, { done: true });
    await world.submit();
    await world.cancel();
    expect(world.announced).toEqual([]);
    world.pass(60_000);
    await world.sweep();
    expect(world.upstream.read("p1")?.status).toBe("canceled");
    world.pass(60_000);
    await world.reconcile();
    expect(world.completed()).toMatchObject({ outcome: "canceled", predictionId: "p1" });
  });

  it("ends a job whose attempt turns out to have made nothing", async () => {
    const world = createWorld();
    world.upstream.plan("create", unclear);
    await world.submit();
    await world.cancel();
    world.pass(60_000);
    await world.sweep();
    expect(world.upstream.calls("create")).toHaveLength(1);
    expect(world.completed()).toMatchObject({ outcome: "canceled", predictionId: null });
  });

  it("changes nothing for a job that has ended, nor when it is replayed", async () => {
    const world = createWorld();
    await world.submit();
    await world.cancel(1, "rebuild");
    expect(world.upstream.calls("cancel")).toEqual([]);
    world.upstream.end("p1", { output: ["https://replicate.delivery/a.webp"] });
    world.pass(60_000);
    await world.reconcile();
    const ended = await world.record();
    await world.cancel();
    expect(await world.record()).toEqual(ended);
  });
});
