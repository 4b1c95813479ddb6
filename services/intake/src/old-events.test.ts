import { replayArchive } from "@vsl/events/testing";
import { expect, test } from "vitest";
import { batchOf } from "../test/examples.ts";
import { openIntake } from "../test/open-intake.ts";
import { hears } from "./hears.ts";
import { stateOf } from "./job.ts";

const archive = replayArchive(hears.map(({ name }) => name));

/** All jobs of the archive, as they stand in the table after these batches. */
async function rebuilt(...batches: string[][]) {
  const intake = openIntake();
  for (const bodies of batches) await intake.hear(batchOf(...bodies));
  expect(intake.deadLetters).toEqual([]);
  expect(intake.announced).toEqual([]);
  expect(intake.counted).toEqual([]);
  return Promise.all([...intake.rows.keys()].toSorted().map((jobId) => intake.table.findJob(jobId)));
}

test("an archive of every version that ever was builds the table up, and counts nothing", async () => {
  const jobs = await rebuilt(archive);
  const states = jobs.map((job) => [job?.request.modelId, job && stateOf(job), job?.charge?.amountMicros]);
  expect(states).toEqual([
    ["flux-schnell", "completed", 6000],
    ["flux-dev", "failed", 0],
    ["lyria-2", "completed", 60_000],
    ["seedance-1-lite", "completed", 36_000],
    ["stability-video", "canceled", 41_370],
    ["flux-schnell", "failed", 6000],
  ]);
});

test("twice, backwards and in pieces it is the same table", async () => {
  const once = await rebuilt(archive);
  expect(await rebuilt(archive, archive)).toEqual(once);
  expect(await rebuilt(archive.toReversed())).toEqual(once);
  expect(await rebuilt(...archive.map((body) => [body]))).toEqual(once);
});
