import { describe, expect, it } from "vitest";
import { prediction, succeeded } from "../test/examples.ts";
import { unclear } from "../test/fake-upstream.ts";
import { createWorld } from "../test/world.ts";
import type { Prediction } from "./prediction.ts";

const finished = (id: string, changes: Record<string, unknown> = {}): Prediction =>
  prediction({ id, ...succeeded, ...changes });

async function submitted() {
  const world = createWorld();
  await world.submit();
  return world;
}

describe("receiveWebhook", () => {
  it("announces the outcome once, of fifty deliveries at once", async () => {
    const world = await submitted();
    await Promise.all(Array.from({ length: 50 }, () => world.webhook(finished("p1"))));
    expect(world.announced.map(({ detailType }) => detailType)).toEqual(["PredictionStarted", "PredictionCompleted"]);
    expect(world.completed()).toMatchObject({
      outcome: "succeeded",
      predictionId: "p1",
      outputs: [{ index: 0, url: "https://replicate.delivery/yhqm/hcDDSNf/out-0.webp" }],
      outputsExpireAt: "2026-11-20T11:30:02.446Z",
      usage: { outputs: 1, outputSeconds: null, predictSeconds: 0.829263399 },
    });
  });

  it("changes nothing when an earlier status comes after the end", async () => {
    const world = await submitted();
    await world.webhook(finished("p1"));
    const ended = await world.record();
    await world.webhook(prediction({ id: "p1", status: "processing" }));
    await world.webhook(finished("p1", { status: "failed", error: "late" }));
    expect(await world.record()).toEqual(ended);
    expect(world.facts()).toEqual(["PredictionStarted", "PredictionCompleted"]);
  });

  it("has no effect for an unknown job, nor without a job", async () => {
    const world = await submitted();
    await world.webhook(finished("p1"), 7);
    await world.webhook(finished("p1"), null);
    expect(world.facts()).toEqual(["PredictionStarted"]);
    expect(world.lines.filter(({ message }) => message === "webhook without effect")).toHaveLength(2);
  });

  it("never gives a job the prediction of another, whatever its URL says", async () => {
    const world = await submitted();
    await world.submit(2);
    await world.webhook(finished("p2"), 1);
    expect(world.facts(1)).toEqual(["PredictionStarted"]);
    expect(world.facts(2)).toEqual(["PredictionStarted"]);
    expect(world.upstream.read("p2")?.status).toBe("starting");
  });

  it("adopts a prediction whose create got no answer, once upstream confirms whose it is", async () => {
    const world = createWorld();
    world.upstream.plan("create", unclear, { done: true });
    await world.submit();
    world.upstream.end("p1", { output: succeeded.output });
    await world.webhook(finished("p1"));
    expect(world.facts()).toEqual(["PredictionStarted", "PredictionCompleted"]);
    expect(await world.record()).toMatchObject({ state: "ended", predictionId: "p1" });
  });

  it("and whoever waits for the create's answer adds nothing, whoever is first", async () => {
    const world = createWorld();
    const { createPrediction } = world.upstream;
    world.ports.upstream.createPrediction = async (...create) => {
      const answer = await createPrediction(...create);
      world.upstream.end("p1", { output: succeeded.output });
      await Promise.all([world.webhook(finished("p1")), world.webhook(finished("p1"))]);
      return answer;
    };
    await world.submit();
    expect(world.announced.map(({ detailType }) => detailType)).toEqual(["PredictionStarted", "PredictionCompleted"]);
    expect(world.upstream.calls("cancel")).toEqual([]);
  });

  it("does not adopt a prediction whose webhook upstream names another job", async () => {
    const world = createWorld();
    await world.submit(2);
    world.upstream.plan("create", unclear);
    await world.submit(1);
    await world.webhook(finished("p1"), 1);
    expect(await world.record(1)).toMatchObject({ state: "waiting" });
    expect(world.facts(1)).toEqual([]);
  });

  it("leaves the start to whoever is submitting", async () => {
    const world = createWorld();
    world.upstream.plan("create", unclear, { done: true });
    await world.submit();
    await world.webhook(prediction({ id: "p1" }));
    expect(world.upstream.calls("read")).toEqual([]);
  });

  it("fails, so that it comes again, when upstream cannot confirm", async () => {
    const world = createWorld();
    world.upstream.plan("create", unclear, { done: true });
    await world.submit();
    world.upstream.plan("read", unclear);
    await expect(world.webhook(finished("p1"))).rejects.toThrow("cannot be confirmed");
    expect(await world.record()).toMatchObject({ state: "waiting" });
  });

  it("cancels a second prediction of a job that has one", async () => {
    const world = await submitted();
    const [first] = world.upstream.list();
    const extra = prediction({ id: "p9", webhook: first?.webhook });
    await world.webhook(extra);
    expect(world.upstream.calls("cancel")).toHaveLength(1);
    expect(await world.record()).toMatchObject({ predictionId: "p1" });
  });

  it("leaves the start, too, to the sweep, if it died after adopting what had already ended", async () => {
    const world = createWorld();
    world.upstream.plan("create", unclear, { done: true });
    await world.submit();
    world.upstream.end("p1", { output: succeeded.output });
    world.setBusDown(true);
    await expect(world.webhook(finished("p1"))).rejects.toThrow("bus");
    world.setBusDown(false);
    world.pass(60_000);
    await world.sweep();
    expect(world.facts()).toEqual(["PredictionStarted", "PredictionCompleted"]);
  });

  it("leaves what was recorded, but not announced, to the sweep", async () => {
    const world = await submitted();
    world.setBusDown(true);
    await expect(world.webhook(finished("p1"))).rejects.toThrow("bus");
    world.setBusDown(false);
    await world.webhook(finished("p1"));
    expect(world.facts()).toEqual(["PredictionStarted"]);
    world.pass(60_000);
    await world.sweep();
    await world.sweep();
    expect(world.facts()).toEqual(["PredictionStarted", "PredictionCompleted"]);
    expect(world.announced.filter(({ detailType }) => detailType === "PredictionCompleted")).toHaveLength(1);
  });
});
