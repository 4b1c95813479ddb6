import { JobCharged, JobRequested, MediaLost, MediaStored, PredictionCompleted, PredictionStarted } from "@vsl/events";
import { beforeEach, describe, expect, test } from "vitest";
import type { createAnswerTable } from "../src/adapters/dynamo-answers.ts";
import type { createJobTable } from "../src/adapters/dynamo-jobs.ts";
import { factOf, type HeardEvent } from "../src/fact.ts";
import type { Idempotency } from "../src/idempotency.ts";
import { type Fact, type JobRequest, stateOf } from "../src/job.ts";
import { newJobId } from "../src/job-id.ts";
import { previewEvents } from "../src/preview-events.ts";
import { charged, delivery, failed, jobRequest, local, lost, started, stored } from "./examples.ts";

type Table = ReturnType<typeof createJobTable> & ReturnType<typeof createAnswerTable>;

type Connect = (options: { now: () => number }) => Promise<{ table: Table; stop: () => Promise<void> }>;

/** What every table of jobs keeps to, the one in a `Map` and the one in DynamoDB. */
export function describeJobTable(name: string, connect: Connect) {
  describe(`the job table on ${name}`, () => {
    let now = Date.parse("2026-11-20T10:30:00Z");
    let table: Table;
    let request: JobRequest;

    beforeEach(async () => {
      now = Date.parse("2026-11-20T10:30:00Z");
      request = { ...jobRequest, jobId: newJobId(now) };
      const connected = await connect({ now: () => now });
      table = connected.table;
      return connected.stop;
    });

    test("knows nothing of a job that was never saved", async () => {
      expect(await table.findJob(request.jobId)).toBeNull();
    });

    test("finds a saved job without its input", async () => {
      await table.putJob(request);
      const { input: _, model: __, ...seen } = request;
      expect(await table.findJob(request.jobId)).toEqual({ request: seen });
    });

    test("undoes nothing when a saved job is saved late once more", async () => {
      await table.putJob(request);
      await record(started);
      await table.putJob(request);
      expect(await table.findJob(request.jobId)).toHaveProperty("started");
      expect(await unannounced()).toEqual([]);
    });

    test("records a fact once, and tells of the first when it comes again", async () => {
      await table.putJob(request);
      expect(await record(started)).toMatchObject({ news: [fact(started)] });
      expect(await record(delivery(PredictionStarted, { predictionId: "another" }))).toMatchObject({
        news: [],
        job: { started: { predictionId: started.payload.predictionId } },
      });
    });

    test("tells before an event is recorded whether it changes the row, and afterwards that it did", async () => {
      const its = { jobId: request.jobId };
      const [requested, start] = [delivery(JobRequested, its, "rebuild"), delivery(PredictionStarted, its)];
      const changeBy = async (event: HeardEvent) => (await previewEvents(table, [event]))[0]?.change;
      expect(await changeBy(start)).toBe("added");
      await record(start);
      expect(await changeBy(start)).toBe("equal");
      expect(await changeBy(requested)).toBe("changed");
      await table.restoreRequest(request);
      expect(await changeBy(requested)).toBe("equal");
      for (const event of [delivery(JobCharged, its), delivery(MediaStored, its)]) {
        expect(await changeBy(event)).toBe("changed");
        await record(event);
        expect(await changeBy(event)).toBe("equal");
      }
      expect(await changeBy(delivery(MediaLost, its))).toBe("equal");
      expect(await changeBy(delivery(JobCharged, { ...its, revision: 2 }))).toBe("changed");
    });

    test("tells nothing of an event that no caller sees", async () => {
      expect(await previewEvents(table, [delivery(PredictionCompleted, { jobId: request.jobId })])).toEqual([]);
    });

    test("keeps the first of several endings", async () => {
      await table.putJob(request);
      await record(lost);
      await record(stored);
      const { job } = await record(failed);
      expect(job && stateOf(job)).toBe("failed");
      expect(job?.ending?.how).toBe("lost");
    });

    test("keeps the charge of the highest revision, in whatever order they come", async () => {
      await table.putJob(request);
      const correction = delivery(JobCharged, { revision: 2, amountMicros: 6000 });
      expect(await record(correction)).toMatchObject({ news: [fact(correction)] });
      expect(await record(charged)).toMatchObject({
        news: [],
        job: { charge: { revision: 2, amountMicros: 6000 } },
      });
    });

    test("records several facts at once, and of those that are partly known the rest", async () => {
      await table.putJob(request);
      expect(await record(started, stored)).toMatchObject({ news: [fact(started), fact(stored)] });
      const { news, job } = await record(lost, charged, started);
      expect(news).toEqual([fact(charged)]);
      expect(job).toMatchObject({ ending: { how: "stored" }, charge: fact(charged).value });
    });

    test("shows a job whose facts came first only once its request is there", async () => {
      expect(await record(stored)).toEqual({ news: [fact(stored)], job: null });
      expect(await table.findJob(request.jobId)).toBeNull();
      const job = await table.restoreRequest(request);
      expect(job && stateOf(job)).toBe("completed");
    });

    test("restores a request once and takes nothing away", async () => {
      await table.putJob(request);
      await record(started);
      const job = await table.restoreRequest({ ...request, modelId: "another" });
      expect(job).toMatchObject({ request: { modelId: request.modelId }, started: {} });
    });

    test("finds a job unannounced until it is marked or a fact is heard", async () => {
      const other = { ...request, jobId: newJobId(now + 1) };
      await table.putJob(request);
      await table.putJob(other);
      expect(await unannounced()).toHaveLength(2);
      await table.recordFacts(other.jobId, [fact(started)]);
      expect(await unannounced()).toEqual([request]);
      await table.markAnnounced(request.jobId);
      expect(await unannounced()).toEqual([]);
    });

    test("leaves young jobs, restored ones and unknown ones out of what is unannounced", async () => {
      await table.putJob({ ...request, jobId: newJobId(Date.parse("2026-11-20T10:31:00Z")), requestedAt: minuteLater });
      await table.restoreRequest({ ...request, jobId: newJobId(now + 1) });
      await table.markAnnounced(newJobId(now + 2));
      expect(await unannounced()).toEqual([]);
    });

    test("finds the unannounced of one time, over days and however many there are", async () => {
      const days = ["2026-11-19T23:59:59.999Z", "2026-11-20T00:00:00.000Z", "2026-11-21T12:00:00.000Z"];
      const made = days.flatMap((requestedAt) =>
        Array.from({ length: 40 }, () => ({ ...request, jobId: newJobId(Date.parse(requestedAt)), requestedAt })),
      );
      await Promise.all(made.map(table.putJob));
      const between = async (from: string, before: string) =>
        (await unannounced({ from: Date.parse(from), before: Date.parse(before) })).map(
          ({ requestedAt }) => requestedAt,
        );
      expect(new Set(await between("2026-11-19T00:00:00Z", "2026-11-20T00:00:00Z"))).toEqual(new Set(days.slice(0, 1)));
      expect(await between("2026-11-19T23:59:59.999Z", "2026-11-21T12:00:00.001Z")).toHaveLength(120);
      expect(await between("2026-11-20T00:00:00.001Z", "2026-11-21T12:00:00Z")).toEqual([]);
    });

    test("remembers how far was swept", async () => {
      expect(await table.readSweptUntil()).toBeNull();
      await table.saveSweptUntil(now);
      await table.saveSweptUntil(now + 1);
      expect(await table.readSweptUntil()).toBe(now + 1);
    });

    test("remembers when a cancel was requested first", async () => {
      await table.putJob(request);
      expect(await table.saveCancel(request.jobId, "2026-11-20T10:30:02.000Z")).toBe("2026-11-20T10:30:02.000Z");
      expect(await table.saveCancel(request.jobId, "2026-11-20T10:30:03.000Z")).toBe("2026-11-20T10:30:02.000Z");
    });

    test("takes no cancel of a job that has ended or was never there", async () => {
      await table.putJob(request);
      await record(stored);
      expect(await table.saveCancel(request.jobId, "2026-11-20T10:30:02.000Z")).toBeNull();
      expect(await table.saveCancel(newJobId(now + 1), "2026-11-20T10:30:02.000Z")).toBeNull();
    });

    test("keeps an answer and its job together for 24 hours", async () => {
      const key = keyOf("once");
      expect(await table.findAnswer(key)).toBeNull();
      expect(await table.putJobAndAnswer(request, key)).toBe("saved");
      expect(await table.findAnswer(key)).toEqual({
        jobId: request.jobId,
        estimatedSeconds: 5,
        amountMicros: 3000,
        bodyHash: "body",
      });
      expect(await table.findJob(request.jobId)).not.toBeNull();
      now += 24 * 60 * 60 * 1000;
      expect(await table.findAnswer(key)).toBeNull();
      expect(await table.putJobAndAnswer({ ...request, jobId: newJobId(now) }, key)).toBe("saved");
    });

    test("writes nothing of a job whose key is taken", async () => {
      const other = { ...request, jobId: newJobId(now + 1) };
      await table.putJobAndAnswer(request, keyOf("taken"));
      expect(await table.putJobAndAnswer(other, keyOf("taken"))).toBe("key taken");
      expect(await table.findJob(other.jobId)).toBeNull();
    });

    test("lets one of twenty racers have a key", async () => {
      const racers = Array.from({ length: 20 }, (_, racer) => ({ ...request, jobId: newJobId(now + racer) }));
      const results = await Promise.all(racers.map((racer) => table.putJobAndAnswer(racer, keyOf("raced"))));
      expect(results.filter((result) => result === "saved")).toHaveLength(1);
    });

    test("gives back a request equal to the byte, with numbers that DynamoDB itself refuses", async () => {
      const odd = { ...request, input: { prompt: 'z\u0301 👩‍🚀 \u202e "q"', guidance: 1e-300, seed: 2 ** 53 - 1 } };
      await table.putJob(JobRequested.payload.parse(odd));
      expect(await unannounced()).toEqual([odd]);
    });

    const record = (...events: Parameters<typeof fact>[0][]) => table.recordFacts(request.jobId, events.map(fact));

    async function unannounced(made = { from: now - 1000, before: Date.parse(minuteLater) }) {
      const requests: JobRequest[] = [];
      for await (const page of table.findUnannounced(made)) requests.push(...page);
      return requests;
    }
  });
}

const minuteLater = "2026-11-20T10:31:00.000Z";

const keyOf = (keyHash: string): Idempotency => ({ accountId: local, keyHash, bodyHash: "body" });

function fact(event: Exclude<HeardEvent, { name: "JobRequested" }>): Fact {
  const found = factOf(event);
  if (!found) throw new Error(`${event.name} is no fact`);
  return found;
}
