import { describe, expect, it } from "vitest";
import { canceledBeforeStart } from "../src/outcome.ts";
import type { PredictionRecords } from "../src/prediction-records.ts";
import type { Running, Waiting } from "../src/record.ts";
import { jobIdOf, predictionIdOf, request, requestedAt, startOfTest, submission } from "./examples.ts";

const at = "2026-11-20T10:30:01.000Z";
const leaseEnd = "2026-11-20T10:30:46.000Z";
const later = "2026-11-20T11:00:00.000Z";
const predictionId = predictionIdOf("jd96x0dyqsrm00cj1jp90zeye0");
const outcome = canceledBeforeStart(startOfTest);
const expiresAt = 2_000_000_000;

/** What every keeper of the records promises. `open` gives an empty one. */
export function describeRecords(name: string, open: () => Promise<PredictionRecords>): void {
  describe(name, () => {
    it("writes an intent once, and tells the second writer what is there", async () => {
      const records = await open();
      const first = await records.writeIntent(intent({ attemptedAt: at, nextCheckAt: leaseEnd }));
      const second = await records.writeIntent(intent({ attemptedAt: null, nextCheckAt: requestedAt }));
      expect([first.written, second.written]).toEqual([true, false]);
      expect(second.record).toEqual(first.record);
      expect(await records.readRecord(jobIdOf(1))).toEqual(first.record);
    });

    it("keeps the input as it was, whatever JSON it holds, until a prediction has it", async () => {
      const records = await open();
      const input = { empty: "", none: null, list: [], deep: { a: [{ b: 1e-7 }] }, big: 2 ** 60, emoji: "🌅" };
      await records.writeIntent({ ...intent(), submission: { ...submission, input } });
      expect(await records.readRecord(jobIdOf(1))).toMatchObject({ submission: { input } });
      const { record } = await records.savePrediction(jobIdOf(1), save());
      expect(record).not.toHaveProperty("submission");
    });

    it("leases a waiting record to one of two who saw the same", async () => {
      const records = await open();
      const seen = await waiting(records, { attemptedAt: null, nextCheckAt: requestedAt });
      const taken = await Promise.all([1, 2].map(() => records.lease(seen, { at, until: leaseEnd })));
      expect(taken.filter(Boolean)).toHaveLength(1);
      expect(taken.find(Boolean)).toMatchObject({ attemptedAt: at, nextCheckAt: leaseEnd });
    });

    it("remembers the first attempt whose end nobody knows over further leases", async () => {
      const records = await open();
      const seen = await waiting(records, { attemptedAt: at, nextCheckAt: leaseEnd });
      expect(await records.lease(seen, { at: leaseEnd, until: later })).toMatchObject({ attemptedAt: at });
    });

    it("lists a deferred record as not attempted, the oldest request first", async () => {
      const records = await open();
      for (const [number, minute] of [
        [1, "31"],
        [2, "29"],
        [3, "30"],
      ] as const) {
        const requested = `2026-11-20T10:${minute}:00.000Z`;
        const asked = { jobId: jobIdOf(number), request: { ...request, requestedAt: requested } };
        await records.defer(await waiting(records, { attemptedAt: at, nextCheckAt: leaseEnd, ...asked }));
      }
      const listed = await records.listDeferred(2);
      expect(listed.map(({ jobId }) => jobId)).toEqual([jobIdOf(2), jobIdOf(3)]);
      expect(listed[0]?.attemptedAt).toBeNull();
      expect(await records.listInFlight("waiting", { before: later, limit: 9 })).toEqual([]);
    });

    it("does not defer what somebody else has leased since", async () => {
      const records = await open();
      const seen = await waiting(records, { attemptedAt: at, nextCheckAt: leaseEnd });
      await records.lease(seen, { at: leaseEnd, until: later });
      expect(await records.defer(seen)).toMatchObject({ state: "waiting", attemptedAt: at, nextCheckAt: later });
      expect(await records.listDeferred(9)).toEqual([]);
    });

    it("saves the first prediction and shows it to the second", async () => {
      const records = await open();
      await records.writeIntent(intent());
      const first = await records.savePrediction(jobIdOf(1), save());
      const second = await records.savePrediction(jobIdOf(1), { ...save(), predictionId: predictionIdOf("another") });
      expect([first.saved, second.saved]).toEqual([true, false]);
      expect(second.record).toMatchObject({ state: "running", predictionId, startedAt: at, checks: 0 });
    });

    it("keeps the lease's end as the first check, unless told another", async () => {
      const records = await open();
      await records.writeIntent(intent());
      await records.savePrediction(jobIdOf(1), save());
      await records.writeIntent({ ...intent(), jobId: jobIdOf(2) });
      await records.savePrediction(jobIdOf(2), { ...save(), nextCheckAt: at });
      const listed = await records.listInFlight("running", { before: later, limit: 9 });
      expect(listed.map(({ jobId, nextCheckAt }) => [jobId, nextCheckAt])).toEqual([
        [jobIdOf(2), at],
        [jobIdOf(1), leaseEnd],
      ]);
    });

    it("gives a claimed prediction to its claimer alone, again and again", async () => {
      const records = await open();
      expect(await records.claimPrediction(predictionId, { jobId: jobIdOf(1), expiresAt })).toBe(true);
      expect(await records.claimPrediction(predictionId, { jobId: jobIdOf(2), expiresAt })).toBe(false);
      expect(await records.claimPrediction(predictionId, { jobId: jobIdOf(1), expiresAt })).toBe(true);
    });

    it("remembers a cancel in every state, the first time it was wanted, and before the job is known", async () => {
      const records = await open();
      expect(await records.requestCancel(jobIdOf(1), at)).toEqual({
        state: "tombstone",
        jobId: jobIdOf(1),
        cancelRequestedAt: at,
      });
      await records.writeIntent({ ...intent(), jobId: jobIdOf(2) });
      expect(await records.requestCancel(jobIdOf(2), at)).toMatchObject({ state: "waiting", cancelRequestedAt: at });
      const { record } = await records.savePrediction(jobIdOf(2), save());
      expect(record).toMatchObject({ cancelRequestedAt: at });
      expect(await records.requestCancel(jobIdOf(2), later)).toMatchObject({ cancelRequestedAt: at });
    });

    it("ends a tombstone with the request that came after it, once", async () => {
      const records = await open();
      await records.requestCancel(jobIdOf(1), at);
      const first = await records.endTombstone(jobIdOf(1), { request, outcome, at });
      const second = await records.endTombstone(jobIdOf(1), { request, outcome, at: later });
      expect([first.recorded, second.recorded]).toEqual([true, false]);
      expect(second.record).toMatchObject({ state: "ended", request, predictionId: null, outcome, recordedAt: at });
    });

    it("records one outcome of fifty at once, and loses nothing of the request", async () => {
      const records = await open();
      const seen = await running(records);
      const written = await Promise.all(
        Array.from({ length: 50 }, () => records.recordOutcome(seen, { outcome, at: leaseEnd })),
      );
      expect(written.filter(({ recorded }) => recorded)).toHaveLength(1);
      expect(await records.readRecord(jobIdOf(1))).toMatchObject({ state: "ended", request, predictionId, outcome });
    });

    it("records an outcome together with the prediction that nobody had saved", async () => {
      const records = await open();
      const seen = await waiting(records, { attemptedAt: at, nextCheckAt: leaseEnd });
      expect(
        await records.recordOutcome(seen, { outcome, at, adopted: { predictionId, startedAt: at } }),
      ).toMatchObject({ recorded: true });
      const late = await records.savePrediction(jobIdOf(1), save());
      expect(late).toMatchObject({ saved: false, record: { state: "ended", predictionId, outcome } });
    });

    it("records an outcome also for a record that has been deferred since it was read, and lists it", async () => {
      const records = await open();
      const seen = await waiting(records, { attemptedAt: at, nextCheckAt: leaseEnd });
      await records.defer(seen);
      expect(await records.recordOutcome(seen, { outcome, at })).toMatchObject({ recorded: true });
      expect(await records.listInFlight("ended", { before: leaseEnd, limit: 9 })).toHaveLength(1);
      expect(await records.listDeferred(9)).toEqual([]);
    });

    it("refuses an outcome for a record that was attempted since it was read", async () => {
      const records = await open();
      const seen = await waiting(records, { attemptedAt: null, nextCheckAt: requestedAt });
      await records.lease(seen, { at, until: leaseEnd });
      expect(await records.recordOutcome(seen, { outcome, at })).toMatchObject({
        recorded: false,
        record: { state: "waiting", attemptedAt: at },
      });
    });

    it("refuses an outcome for a record that has got a prediction since it was read", async () => {
      const records = await open();
      const seen = await waiting(records, { attemptedAt: at, nextCheckAt: leaseEnd });
      await records.savePrediction(jobIdOf(1), save());
      expect((await records.recordOutcome(seen, { outcome, at })).recorded).toBe(false);
    });

    it("lists an outcome as unfinished until it is announced, soon also when the next check was far", async () => {
      const records = await open();
      const seen = await running(records);
      await records.postponeCheck(seen, { nextCheckAt: later, missingSince: null });
      const { record } = await records.recordOutcome({ ...seen, nextCheckAt: later }, { outcome, at: leaseEnd });
      expect(await records.listInFlight("ended", { before: leaseEnd, limit: 9 })).toHaveLength(1);
      expect(await records.listInFlight("running", { before: later, limit: 9 })).toEqual([]);
      expect(await records.readRecord(jobIdOf(1))).toMatchObject({ state: "ended", isAnnounced: false });
      if (record?.state === "ended") await records.markAnnounced(record);
      expect(await records.listInFlight("ended", { before: later, limit: 9 })).toEqual([]);
      expect(await records.readRecord(jobIdOf(1))).toMatchObject({ state: "ended", isAnnounced: true });
    });

    it("counts checks, and remembers since when a prediction is missing", async () => {
      const records = await open();
      const seen = await running(records);
      await records.postponeCheck(seen, { nextCheckAt: later, missingSince: at });
      expect(await records.readRecord(jobIdOf(1))).toMatchObject({ checks: 1, missingSince: at, nextCheckAt: later });
      await records.postponeCheck(seen, { nextCheckAt: at, missingSince: null });
      expect(await records.readRecord(jobIdOf(1))).toMatchObject({ checks: 1, nextCheckAt: later });
      await records.postponeCheck({ ...seen, nextCheckAt: later }, { nextCheckAt: leaseEnd, missingSince: null });
      expect(await records.readRecord(jobIdOf(1))).toMatchObject({ checks: 2, missingSince: null });
    });

    it("lists a record where it is due now, and nowhere else", async () => {
      const records = await open();
      const due = async () =>
        (await records.listInFlight("running", { before: later, limit: 9 })).map(({ checks }) => checks);
      const seen = await running(records);
      await records.postponeCheck(seen, { nextCheckAt: later, missingSince: null });
      await records.writeIntent(intent({ attemptedAt: null, nextCheckAt: requestedAt }));
      expect(await due()).toEqual([1]);
      expect(await records.listDeferred(9)).toEqual([]);
    });

    it("does not bring an ended prediction back by a late check, mark or save", async () => {
      const records = await open();
      const before = await waiting(records, { attemptedAt: at, nextCheckAt: leaseEnd });
      await records.savePrediction(jobIdOf(1), save());
      const seen = await records.readRecord(jobIdOf(1));
      if (seen?.state !== "running") throw new Error(`the record is ${seen?.state}`);
      await records.recordOutcome(seen, { outcome, at });
      const ended = await records.readRecord(jobIdOf(1));
      await records.postponeCheck(seen, { nextCheckAt: later, missingSince: null });
      await records.defer(before);
      await records.savePrediction(jobIdOf(1), save());
      expect(await records.readRecord(jobIdOf(1))).toEqual(ended);
    });

    it("finds more than a page of due records", async () => {
      const records = await open();
      for (let number = 1; number <= 130; number++) {
        await records.writeIntent({ ...intent(), jobId: jobIdOf(number) });
        if (number > 120) await records.savePrediction(jobIdOf(number), save());
      }
      expect(await records.listInFlight("running", { before: leaseEnd, limit: 100 })).toHaveLength(10);
      expect(await records.listInFlight("waiting", { before: leaseEnd, limit: 100 })).toHaveLength(100);
    });
  });
}

const intent = (changes: Partial<Parameters<PredictionRecords["writeIntent"]>[0]> = {}) => ({
  jobId: jobIdOf(1),
  request,
  submission,
  attemptedAt: at,
  nextCheckAt: leaseEnd,
  ...changes,
});

const save = () => ({ predictionId, startedAt: at, nextCheckAt: null });

async function waiting(records: PredictionRecords, changes: Parameters<typeof intent>[0]): Promise<Waiting> {
  const { record } = await records.writeIntent(intent(changes));
  if (record.state !== "waiting") throw new Error(`the record is ${record.state}`);
  return record;
}

async function running(records: PredictionRecords): Promise<Running> {
  await records.writeIntent(intent());
  const { record } = await records.savePrediction(jobIdOf(1), save());
  if (record?.state !== "running") throw new Error(`the record is ${record?.state}`);
  return record;
}
