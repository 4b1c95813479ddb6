import { JobCharged, jobIdSchema, MediaStored, PredictionStarted } from "@vsl/events";
import { readMediaLink } from "@vsl/events/media-link";
import { describe, expect, test } from "vitest";
import * as z from "zod";
import { batchOf, bodyOf, started } from "../test/examples.ts";
import { jobIdOf, openIntake } from "../test/open-intake.ts";
import { Unavailable } from "./unavailable.ts";

const down = async () => {
  throw new Unavailable("down");
};

describe("GET /status/{jobId}", () => {
  test("tells of a job from its request to its charge", async () => {
    const intake = openIntake();
    const jobId = jobIdOf(await intake.generate());
    const pending = {
      jobId,
      status: "pending",
      mediaType: "image",
      modelId: "flux-schnell",
      userId: "test-user-123",
      createdAt: "2026-11-20T10:30:00.000Z",
      cost: { amount: 0.003, currency: "USD", basis: "output", source: "estimated" },
    };
    expect((await intake.status(jobId)).json).toEqual(pending);

    await intake.hear(batchOf(bodyOf(PredictionStarted, { ...PredictionStarted.example, jobId })));
    const processing = {
      ...pending,
      status: "processing",
      replicateId: PredictionStarted.example.predictionId,
      startedAt: "2026-11-20T10:30:00.400Z",
    };
    expect((await intake.status(jobId)).json).toEqual(processing);

    await intake.hear(batchOf(bodyOf(MediaStored, { ...MediaStored.example, jobId })));
    await intake.hear(batchOf(bodyOf(JobCharged, { ...JobCharged.example, jobId })));
    const [media] = MediaStored.example.media;
    const { json } = await intake.status(jobId);
    expect(json).toEqual({
      ...processing,
      status: "completed",
      completedAt: "2026-11-20T10:30:02.100Z",
      processingTime: 1700,
      cost: { ...pending.cost, source: "measured" },
      result: {
        originalUrl: expect.any(String),
        s3Path: media?.s3Path,
        fileSize: media?.bytes,
        outputs: [
          {
            url: expect.any(String),
            s3Path: media?.s3Path,
            fileSize: media?.bytes,
            contentType: "image/webp",
            sha256: media?.sha256,
            width: 1024,
            height: 1024,
          },
        ],
      },
    });
  });

  test("makes a media link that storage accepts for fifteen minutes", async () => {
    const intake = openIntake();
    const jobId = jobIdOf(await intake.generate());
    const s3Path = `image/test-user-123/2026/11/20/${jobId}/original.webp`;
    const media = MediaStored.example.media.map((one) => ({ ...one, s3Path }));
    await intake.hear(batchOf(bodyOf(MediaStored, { ...MediaStored.example, jobId, media })));
    const { json } = await intake.status(jobId);
    const { originalUrl } = z.object({ originalUrl: z.url() }).parse(json["result"]);
    const url = new URL(originalUrl);
    const [, , , file = ""] = url.pathname.split("/");
    const judge = (now: string) =>
      readMediaLink({ jobId, file }, Object.fromEntries(url.searchParams), "a secret of this test", Date.parse(now));
    expect(judge("2026-11-20T10:44:59Z").valid).toBe(true);
    expect(judge("2026-11-20T10:45:00Z")).toEqual({ valid: false, reason: "expired" });
  });

  test("reads the table once, then the cache", async () => {
    const intake = openIntake();
    const jobId = jobIdOf(await intake.generate());
    await intake.status(jobId);
    await intake.status(jobId);
    expect(intake.cacheReads).toEqual(["miss", "hit"]);
  });

  test.each(["019a9f3c-5a00-7cc3-98c4-dc0c0c07398f", "550e8400-e29b-41d4-a716-446655440000", "'; drop table jobs"])(
    "knows no job %s",
    async (jobId) => {
      const { status, json } = await openIntake().status(encodeURIComponent(jobId));
      expect([status, json]).toEqual([404, { error: "There is no such job", code: "job.unknown" }]);
    },
  );

  test("answers 503 when neither cache nor table answers", async () => {
    const intake = openIntake({ broken: { findJob: down } });
    expect((await intake.status("019a9f3c-5a00-7cc3-98c4-dc0c0c07398f")).status).toBe(503);
  });
});

describe("POST /jobs/{jobId}/cancel", () => {
  test("announces the cancel with the time of the first request, however often it is asked for", async () => {
    const intake = openIntake();
    const jobId = jobIdOf(await intake.generate());
    const first = await intake.cancel(jobId);
    intake.wait(5000);
    await intake.cancel(jobId);
    expect([first.status, first.json["status"]]).toEqual([202, "pending"]);
    const [, once, again] = intake.announced;
    expect(once).toMatchObject({
      detailType: "JobCancelRequested",
      detail: { payload: { jobId, requestedAt: "2026-11-20T10:30:00.000Z" } },
    });
    expect(again).toEqual(once);
  });

  test("refuses the cancel of a job that has ended, and of one that is not there", async () => {
    const intake = openIntake();
    const jobId = jobIdOf(await intake.generate());
    await intake.hear(batchOf(bodyOf(MediaStored, { ...MediaStored.example, jobId })));
    const ended = await intake.cancel(jobId);
    expect([ended.status, ended.json["code"]]).toEqual([409, "job.ended"]);
    expect((await intake.cancel("019a9f3c-5a00-7cc3-98c4-dc0c0c07398f")).status).toBe(404);
    expect(intake.announced).toHaveLength(1);
  });

  test("tells no less afterwards, although the cache had missed what the table knows", async () => {
    const intake = openIntake();
    const jobId = jobIdOf(await intake.generate());
    await intake.status(jobId);
    await intake.table.recordFacts(jobIdSchema.parse(jobId), [{ kind: "started", value: started.payload }]);
    expect((await intake.cancel(jobId)).json["status"]).toBe("processing");
    expect((await intake.status(jobId)).json["status"]).toBe("processing");
  });

  test("promises nothing when the bus is down", async () => {
    const intake = openIntake({ broken: { publish: down } });
    const jobId = jobIdOf(await intake.generate());
    expect((await intake.cancel(jobId)).status).toBe(503);
  });
});
