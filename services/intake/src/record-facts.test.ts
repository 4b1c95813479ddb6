import { JobCharged, JobRequested, MediaLost, MediaStored, PredictionCompleted, PredictionStarted } from "@vsl/events";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { batchOf, bodyOf, jobId, jobRequest, started, stored } from "../test/examples.ts";
import { openIntake } from "../test/open-intake.ts";
import { newJobId } from "./job-id.ts";
import { Unavailable } from "./unavailable.ts";

const down = async () => {
  throw new Unavailable("down");
};
const failure = { code: "prediction_failed", message: "NSFW content detected." };
const failedBody = bodyOf(PredictionCompleted, {
  ...PredictionCompleted.example,
  outcome: "failed",
  outputs: [],
  error: failure,
});

/** A job that was requested, with nothing heard of it yet. */
async function openWithJob(options?: Parameters<typeof openIntake>[0]) {
  const intake = openIntake(options);
  await intake.table.putJob(jobRequest);
  return intake;
}

describe("hearing what others announce", () => {
  test("counts a completed job once, however often it is delivered", async () => {
    const intake = await openWithJob();
    const batch = batchOf(bodyOf(PredictionStarted), bodyOf(MediaStored));
    await intake.hear(batch);
    await intake.hear(batch);
    expect(intake.counted).toEqual([
      { jobId, modelId: "flux-schnell", state: "completed", news: ["started", "ending"], processingTime: 1700 },
    ]);
    expect((await intake.status(jobId)).json).toMatchObject({ status: "completed", processingTime: 1700 });
  });

  test("shows a completed job as completed although its start is heard last", async () => {
    const intake = await openWithJob();
    await intake.hear(batchOf(bodyOf(MediaStored)));
    expect((await intake.status(jobId)).json["status"]).toBe("completed");
    await intake.hear(batchOf(bodyOf(PredictionStarted)));
    expect((await intake.status(jobId)).json).toMatchObject({ status: "completed", processingTime: 1700 });
  });

  test("takes a succeeded prediction for no end: the media are not ours yet", async () => {
    const intake = await openWithJob();
    await intake.hear(batchOf(bodyOf(PredictionCompleted)));
    expect((await intake.status(jobId)).json["status"]).toBe("pending");
  });

  test("tells why a prediction failed, and of a canceled one that it was canceled", async () => {
    const failed = await openWithJob();
    await failed.hear(batchOf(failedBody));
    expect((await failed.status(jobId)).json).toMatchObject({
      status: "failed",
      error: failure,
      completedAt: PredictionCompleted.example.completedAt,
      replicateId: PredictionCompleted.example.predictionId,
    });
    const canceled = await openWithJob();
    await canceled.hear(
      batchOf(bodyOf(PredictionCompleted, { ...PredictionCompleted.example, outcome: "canceled", outputs: [] })),
    );
    expect((await canceled.status(jobId)).json["status"]).toBe("canceled");
  });

  test("shows of a job with lost media the first loss, and what could be stored", async () => {
    const intake = await openWithJob();
    const late = { index: 3, error: { code: "late", message: "" } };
    await intake.hear(batchOf(bodyOf(MediaLost, { ...MediaLost.example, lost: [late, ...MediaLost.example.lost] })));
    expect((await intake.status(jobId)).json).toMatchObject({
      status: "failed",
      error: { code: "output_expired" },
      result: { s3Path: MediaLost.example.media[0]?.s3Path, outputs: [{ contentType: "image/webp" }] },
    });
    expect(intake.counted).toMatchObject([{ state: "failed" }]);
  });

  test("sends to the dead letters what nobody can read, and hears the rest of the batch", async () => {
    const intake = await openWithJob();
    const answer = await intake.hear(
      batchOf("not JSON", bodyOf(PredictionStarted), bodyOf(MediaStored, { jobId: "x" })),
    );
    expect(answer.batchItemFailures).toEqual([]);
    expect(intake.deadLetters).toHaveLength(2);
    expect((await intake.status(jobId)).json["status"]).toBe("processing");
  });

  test("asks for the message again when the table is down", async () => {
    const intake = openIntake({ broken: { recordFacts: down } });
    const answer = await intake.hear(batchOf(bodyOf(PredictionStarted)));
    expect(answer.batchItemFailures).toEqual([{ itemIdentifier: "message-0" }]);
    expect(intake.counted).toEqual([]);
  });

  test("brings the cache up to date on the second delivery, if the first died before it", async () => {
    const cached: string[] = [];
    let dies = true;
    const intake = await openWithJob({
      broken: {
        cacheJob: async () => {
          if (dies) throw new Error("killed");
          cached.push("again");
        },
      },
    });
    const first = await intake.hear(batchOf(bodyOf(PredictionStarted)));
    dies = false;
    const second = await intake.hear(batchOf(bodyOf(PredictionStarted)));
    expect([first.batchItemFailures.length, second.batchItemFailures.length, cached]).toEqual([1, 0, ["again"]]);
  });
});

describe("hearing several facts of a job at once", () => {
  /** Which facts were handed to the table together. */
  async function hearing(...bodies: string[]) {
    const writes: string[][] = [];
    const intake = await openWithJob({
      broken: {
        recordFacts: (id, facts) => {
          writes.push(facts.map(({ kind }) => kind));
          return intake.table.recordFacts(id, facts);
        },
      },
    });
    const answer = await intake.hear(batchOf(...bodies));
    return { intake, writes, answer };
  }

  test("writes them at once", async () => {
    const { intake, writes } = await hearing(bodyOf(MediaStored), bodyOf(JobCharged), bodyOf(PredictionStarted));
    expect(writes).toEqual([["ending", "charge", "started"]]);
    expect((await intake.status(jobId)).json).toMatchObject({ status: "completed", cost: { source: "measured" } });
  });

  test("writes one after the other what contradicts itself, so that the first ending and the last charge hold", async () => {
    const corrected = bodyOf(JobCharged, { ...JobCharged.example, revision: 2, amountMicros: 2000 });
    const { intake, writes } = await hearing(bodyOf(MediaStored), failedBody, corrected, bodyOf(JobCharged));
    expect(writes).toEqual([["ending"], ["ending"], ["charge"], ["charge"]]);
    expect((await intake.status(jobId)).json).toMatchObject({ status: "completed", cost: { amount: 0.002 } });
  });

  test("counts of a batch only what comes neither again nor from the archive", async () => {
    const { intake } = await hearing(bodyOf(PredictionStarted));
    const replayed = bodyOf(MediaStored, MediaStored.example, "rebuild");
    await intake.hear(batchOf(bodyOf(PredictionStarted), replayed, bodyOf(JobCharged)));
    expect(intake.counted.map(({ news }) => news)).toEqual([["started"], ["charge"]]);
  });

  test("asks again only for the messages of the job that could not be written", async () => {
    const intake = openIntake({
      broken: { recordFacts: async (id) => (id === jobId ? down() : { news: [], job: null }) },
    });
    const other = { ...JobCharged.example, jobId: newJobId(0) };
    const answer = await intake.hear(batchOf(bodyOf(MediaStored), bodyOf(JobCharged, other), bodyOf(JobCharged)));
    expect(answer.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier)).toEqual(["message-0", "message-2"]);
  });
});

describe("hearing the archive", () => {
  const history = [
    bodyOf(JobRequested, JobRequested.example, "rebuild"),
    bodyOf(PredictionStarted, PredictionStarted.example, "rebuild"),
    bodyOf(PredictionCompleted, PredictionCompleted.example, "rebuild"),
    bodyOf(MediaStored, MediaStored.example, "rebuild"),
    bodyOf(JobCharged, JobCharged.example, "rebuild"),
    bodyOf(JobCharged, { ...JobCharged.example, revision: 2, amountMicros: 2000 }, "rebuild"),
  ];

  test("rebuilds the job as it was, counts nothing and announces nothing", async () => {
    const live = await openWithJob();
    await live.hear(batchOf(...history));
    const rebuilt = openIntake();
    await rebuilt.hear(batchOf(...history));
    expect((await rebuilt.status(jobId)).json).toEqual((await live.status(jobId)).json);
    expect([rebuilt.counted, rebuilt.announced]).toEqual([[], []]);
    expect([...rebuilt.rows.values()]).toMatchObject([{ isUnannounced: false, request: jobRequest }]);
  });

  test("comes to the same job in every order, with any event delivered again, and no status ever goes back", async () => {
    const expected = openIntake();
    await expected.hear(batchOf(...history));
    const { json } = await expected.status(jobId);
    const states = ["pending", "processing", "completed"];
    const orders = fc
      .shuffledSubarray([0, 1, 2, 3, 4, 5], { minLength: 6 })
      .chain((order) => fc.array(fc.nat(5), { maxLength: 4 }).map((again) => [...order, ...again]));
    await fc.assert(
      fc.asyncProperty(orders, async (order) => {
        const intake = openIntake();
        const seen: number[] = [];
        for (const index of order) {
          await intake.hear(batchOf(history[index] ?? ""));
          seen.push(states.indexOf(String((await intake.status(jobId)).json["status"])));
        }
        expect(seen).toEqual(seen.toSorted((a, b) => a - b));
        expect((await intake.status(jobId)).json).toEqual(json);
      }),
      { numRuns: 60 },
    );
  });

  test("hides a job from its readers until its request is heard", async () => {
    const intake = openIntake();
    await intake.hear(batchOf(bodyOf(MediaStored, stored.payload), bodyOf(PredictionStarted, started.payload)));
    expect((await intake.status(jobId)).status).toBe(404);
  });
});
