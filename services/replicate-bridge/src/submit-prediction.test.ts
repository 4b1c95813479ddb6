import { describe, expect, it } from "vitest";
import { jobIdOf, prediction, startOfTest, submission, succeeded } from "../test/examples.ts";
import { unclear } from "../test/fake-upstream.ts";
import { createWorld } from "../test/world.ts";

describe("submitPrediction", () => {
  it("makes one prediction, with the job in its webhook's URL, and announces its start", async () => {
    const world = createWorld();
    await world.submit();
    expect(world.upstream.list()).toMatchObject([
      { id: "p1", webhook: `https://api.test/webhook/replicate?jobId=${jobIdOf(1)}` },
    ]);
    expect(world.announced).toMatchObject([
      {
        detailType: "PredictionStarted",
        detail: { payload: { predictionId: "p1", startedAt: "2026-11-20T10:30:01.000Z" } },
      },
    ]);
  });

  it("asks nothing upstream when it is delivered twice, and says the same fact again", async () => {
    const world = createWorld();
    await world.submit();
    await world.submit();
    expect(world.upstream.calls("create")).toHaveLength(1);
    expect(world.announced[1]).toEqual(world.announced[0]);
  });

  it("says the start again also when the prediction has ended meanwhile", async () => {
    const world = createWorld();
    await world.submit();
    await world.webhook(prediction({ id: "p1", ...succeeded }));
    await world.submit();
    expect(world.announced[2]).toEqual(world.announced[0]);
    expect(world.announced).toHaveLength(3);
  });

  it("makes one prediction of two deliveries at once", async () => {
    const world = createWorld();
    await Promise.all([world.submit(), world.submit()]);
    expect(world.upstream.list()).toHaveLength(1);
  });

  it("does nothing for a replayed request", async () => {
    const world = createWorld();
    await world.submit(1, { replayName: "rebuild" });
    expect(await world.record()).toBeNull();
    expect(world.upstream.list()).toEqual([]);
  });

  it("ends a job as failed with Replicate's own words when the input is refused", async () => {
    const world = createWorld();
    world.upstream.plan("create", {
      kind: "refused",
      code: "upstream_rejected",
      message: "- input: prompt is required",
    });
    await world.submit();
    expect(world.completed()).toMatchObject({
      outcome: "failed",
      predictionId: null,
      outputs: [],
      error: { code: "upstream_rejected", message: "- input: prompt is required" },
    });
    expect(await world.record()).toMatchObject({ state: "ended", isAnnounced: true });
  });

  it("ends a job as failed when the credit is used up", async () => {
    const world = createWorld();
    world.upstream.plan("create", {
      kind: "refused",
      code: "insufficient_credit",
      message: "You have insufficient credit",
    });
    await world.submit();
    expect(world.completed()).toMatchObject({ outcome: "failed", error: { code: "insufficient_credit" } });
  });

  it("leaves a throttled job to the sweep, which submits it when the pause is over and not before", async () => {
    const world = createWorld();
    world.upstream.plan("create", { kind: "throttled", retryAfterSeconds: 30 });
    await world.submit();
    await world.submit(2);
    expect(world.announced).toEqual([]);
    expect(world.upstream.calls("create")).toHaveLength(1);
    await world.sweep();
    expect(world.facts()).toEqual(["PredictionStarted"]);
    expect(world.facts(2)).toEqual(["PredictionStarted"]);
    expect(world.upstream.calls("create")[1]?.at).toBeGreaterThanOrEqual(startOfTest + 30_000);
    expect(world.upstream.calls("find")).toEqual([]);
  });

  it("fails the delivery, and no job, while the token is refused", async () => {
    const world = createWorld();
    world.upstream.plan("create", { kind: "unauthorized" });
    await expect(world.submit()).rejects.toThrow("set a valid one");
    expect(world.lines).toContainEqual(expect.objectContaining({ level: "ERROR", reason: "unauthorized" }));
    world.pass(60_000);
    await world.submit();
    expect(world.facts()).toEqual(["PredictionStarted"]);
  });

  it("adopts what an attempt with an unknown end has made, instead of paying twice", async () => {
    const world = createWorld();
    world.upstream.plan("create", unclear, { done: true });
    await world.submit();
    expect(world.announced).toEqual([]);
    world.pass(60_000);
    await world.sweep();
    expect(world.upstream.calls("create")).toHaveLength(1);
    expect(await world.record()).toMatchObject({ state: "running", predictionId: "p1" });
    expect(world.facts()).toEqual(["PredictionStarted"]);
  });

  it("creates again when the search shows that nothing was made", async () => {
    const world = createWorld();
    world.upstream.plan("create", unclear);
    await world.submit();
    world.pass(60_000);
    await world.sweep();
    expect(world.upstream.calls("find")).toHaveLength(1);
    expect(world.upstream.list()).toHaveLength(1);
  });

  it("does not create again while the search itself has no answer", async () => {
    const world = createWorld();
    world.upstream.plan("create", unclear, { done: true });
    for (let round = 0; round < 3; round++) world.upstream.plan("find", unclear);
    await world.submit();
    for (let round = 0; round < 3; round++) {
      world.pass(60_000);
      await world.sweep();
    }
    expect(world.upstream.calls("create")).toHaveLength(1);
    world.pass(60_000);
    await world.sweep();
    expect(await world.record()).toMatchObject({ state: "running", predictionId: "p1" });
  });

  it("takes up a job whose process died in the create, on the next delivery after the lease", async () => {
    const world = createWorld();
    world.upstream.plan("create", unclear, { done: true });
    await world.submit();
    await world.submit();
    expect(world.upstream.calls("find")).toEqual([]);
    world.pass(46_000);
    await world.submit();
    expect(await world.record()).toMatchObject({ state: "running", predictionId: "p1" });
  });

  it("keeps the first of two predictions that lost answers have made, and cancels the other", async () => {
    const world = createWorld();
    world.upstream.plan("create", unclear, { done: true });
    await world.submit();
    const [first] = world.upstream.list();
    await world.upstream.createPrediction(submission, first?.webhook ?? null);
    world.pass(60_000);
    await world.sweep();
    expect(await world.record()).toMatchObject({ predictionId: "p1" });
    expect(world.upstream.read("p2")?.status).toBe("canceled");
  });

  it("pauses for everybody after five failures in a row, and tries again after it", async () => {
    const world = createWorld();
    for (let job = 1; job <= 5; job++) world.upstream.plan("create", unclear);
    for (let job = 1; job <= 7; job++) await world.submit(job);
    expect(world.upstream.calls("create")).toHaveLength(5);
    await world.sweep();
    expect(world.facts(6)).toEqual(["PredictionStarted"]);
  });

  it("waits for the sweep when upstream's pace is used up, the oldest request first", async () => {
    const world = createWorld({ perMinute: 33 });
    for (let job = 1; job <= 40; job++) {
      await world.submit(job, { at: `2026-11-20T10:29:${String(60 - job).padStart(2, "0")}.000Z` });
    }
    const waited = [31, 32, 33, 34, 35, 36, 37, 38, 39, 40].filter((job) => world.facts(job).length === 0);
    expect(waited.length).toBeGreaterThan(0);
    for (let round = 0; round < 10; round++) await world.sweep();
    const last = world.announced.slice(-waited.length).map(({ detail }) => detail.correlationId);
    expect(last).toEqual(waited.toReversed().map(jobIdOf));
  });
});

describe("submitPrediction where webhooks cannot come", () => {
  it("adopts a prediction that is alike, and each of two jobs alike gets its own", async () => {
    const world = createWorld({ webhooks: false });
    world.upstream.plan("create", unclear, { done: true });
    world.upstream.plan("create", unclear, { done: true });
    await world.submit(1);
    await world.submit(2);
    world.pass(60_000);
    await world.sweep();
    expect(world.upstream.calls("create")).toHaveLength(2);
    const ids = world.records.all().map((record) => (record.state === "running" ? record.predictionId : record.state));
    expect(ids.toSorted()).toEqual(["p1", "p2"]);
  });

  it("does not adopt what another job has", async () => {
    const world = createWorld({ webhooks: false });
    world.upstream.plan("create", unclear);
    await world.submit(1);
    await world.submit(2);
    world.pass(60_000);
    await world.sweep();
    expect(world.upstream.list()).toHaveLength(2);
    expect(await world.record(2)).toMatchObject({ predictionId: "p1" });
    expect(await world.record(1)).toMatchObject({ predictionId: "p2" });
  });
});
