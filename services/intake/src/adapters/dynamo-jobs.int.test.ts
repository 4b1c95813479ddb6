import { describe, expect, test } from "vitest";
import { startTable, tableName } from "../../test/dynamodb-engine.ts";
import { jobRequest } from "../../test/examples.ts";
import { describeJobTable } from "../../test/job-table-suite.ts";
import { Unavailable } from "../unavailable.ts";
import { createAnswerTable } from "./dynamo-answers.ts";
import { createJobTable } from "./dynamo-jobs.ts";

describeJobTable("DynamoDB", async ({ now }) => {
  const { client, stop } = await startTable();
  const options = { client, tableName };
  return { table: { ...createJobTable(options), ...createAnswerTable({ ...options, now }) }, stop };
});

describe("the job table without DynamoDB", () => {
  test("says of every call that it is unavailable", async () => {
    const { client, stop } = await startTable();
    await stop();
    const table = createJobTable({ client, tableName });
    await expect(table.findJob(jobRequest.jobId)).rejects.toThrow(Unavailable);
    await expect(table.putJob(jobRequest)).rejects.toThrow(Unavailable);
    await expect(table.readSweptUntil()).rejects.toThrow(Unavailable);
    await expect(table.markAnnounced(jobRequest.jobId)).rejects.toThrow(Unavailable);
    await expect(table.findUnannounced({ from: 0, before: 1 }).next()).rejects.toThrow(Unavailable);
  });
});
