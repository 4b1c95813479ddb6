import { describe, expect, it } from "vitest";
import { startOfTest } from "../test/examples.ts";
import { unclear } from "../test/fake-upstream.ts";
import { createWorld } from "../test/world.ts";

const output = ["https://replicate.delivery/yhqm/out-0.webp"];

describe("reconcilePredictions", () => {
  it("finds the outcome of a prediction whose webhook was lost, well inside the hour", async () => {
    const world = createWorld();
    await world.submit();
    world.upstream.end("p1", { output });
    for (let minute = 0; minute < 2; minute++) {
      world.pass(60_000);
      await world.reconcile();
    }
    expect(world.completed()).toMatchObject({ outcome: "succeeded", predictionId: "p1" });
  });

  it("asks less and less often for one that runs long", async () => {
    const world = createWorld();
    await world.submit();
    for (let minute = 0; minute < 30; minute++) {
      world.pass(60_000);
      await world.reconcile();
    }
    expect(world.upstream.calls("read").length).toBeLessThan(12);
    expect(world.announced.filter(({ detailType }) => detailType === "PredictionStarted")).toHaveLength(2);
  });

  it("ends a prediction that upstream has not known for five minutes, and not one that is back sooner", async () => {
    const world = createWorld();
    await world.submit();
    world.upstream.forget("p1");
    for (let minute = 0; minute < 4; minute++) {
      world.pass(60_000);
      await world.reconcile();
      expect(world.completed()).toBeUndefined();
    }
    for (let minute = 0; minute < 6; minute++) {
      world.pass(60_000);
      await world.reconcile();
    }
    expect(world.completed()).toMatchObject({ outcome: "failed", error: { code: "prediction_missing" } });
  });

  it("says that the output has expired when it comes too late", async () => {
    const world = createWorld();
    await world.submit();
    world.upstream.end("p1", { output: null, dataRemoved: true });
    world.pass(2 * 3_600_000);
    await world.reconcile();
    expect(world.completed()).toMatchObject({ outcome: "failed", error: { code: "output_expired" } });
  });

  it("keeps a prediction for the next time when upstream is down, and the others with it", async () => {
    const world = createWorld();
    await world.submit(1);
    await world.submit(2);
    world.upstream.end("p2", { output });
    world.upstream.plan("read", unclear);
    world.pass(60_000);
    await world.reconcile();
    expect(await world.record(1)).toMatchObject({ state: "running", checks: 1 });
    expect(world.facts(2)).toEqual(["PredictionStarted", "PredictionCompleted"]);
  });

  it("stops asking for as long as upstream wants", async () => {
    const world = createWorld();
    await world.submit();
    world.upstream.plan("read", { kind: "throttled", retryAfterSeconds: 120 });
    for (let minute = 0; minute < 2; minute++) {
      world.pass(60_000);
      await world.reconcile();
    }
    expect(world.upstream.calls("read")).toHaveLength(1);
  });

  it("warns of what is unfinished after 45 minutes", async () => {
    const world = createWorld();
    await world.submit();
    world.pass(46 * 60_000);
    await world.reconcile();
    expect(world.lines).toContainEqual(
      expect.objectContaining({ level: "WARN", message: "unfinished after 45 minutes" }),
    );
  });

  it("polls every two seconds where no webhook can come, until nothing runs", async () => {
    const world = createWorld({ webhooks: false });
    await world.submit();
    const asked = world.upstream.calls("read");
    const wait = world.ports.wait;
    world.ports.wait = async (ms) => {
      await wait(ms);
      if (world.now() - startOfTest >= 10_000) world.upstream.end("p1", { output });
    };
    await world.reconcile();
    expect(world.facts()).toEqual(["PredictionStarted", "PredictionCompleted"]);
    expect(world.upstream.calls("read").length - asked.length).toBe(5);
  });
});
