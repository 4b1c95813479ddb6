import { GetCommand } from "@aws-sdk/lib-dynamodb";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startDynamo } from "../../test/dynamo-engine.ts";
import { jobIdOf, predictionIdOf, request, requestedAt, startOfTest, submission } from "../../test/examples.ts";
import { describeRecords } from "../../test/records-suite.ts";
import { createDynamoPauses } from "./dynamo-pauses.ts";
import { createDynamoPredictions } from "./dynamo-predictions.ts";

let dynamo: Awaited<ReturnType<typeof startDynamo>>;
beforeAll(async () => {
  dynamo = await startDynamo();
});
afterAll(() => dynamo.close());

describeRecords("prediction records in DynamoDB", async () =>
  createDynamoPredictions(dynamo.client, await dynamo.newTable()),
);

describe("an item of the table", () => {
  it("leaves nothing of the prompt in a record that has its prediction", async () => {
    const table = await dynamo.newTable();
    const records = createDynamoPredictions(dynamo.client, table);
    await records.writeIntent({ jobId: jobIdOf(1), request, submission, attemptedAt: null, nextCheckAt: requestedAt });
    await records.savePrediction(jobIdOf(1), {
      predictionId: predictionIdOf("p1"),
      startedAt: requestedAt,
      nextCheckAt: null,
    });
    const { Item } = await dynamo.client.send(new GetCommand({ TableName: table, Key: { jobId: jobIdOf(1) } }));
    expect(JSON.stringify(Item)).not.toContain("sunset");
  });
});

describe("pauses in DynamoDB", () => {
  it("are known to every function, and only ever grow longer", async () => {
    const table = await dynamo.newTable();
    let time = startOfTest;
    const now = () => time;
    const [mine, theirs] = [1, 2].map(() => createDynamoPauses(dynamo.client, table, { now }));
    expect(await theirs?.readPause()).toBeNull();
    await mine?.extendPause({ until: time + 30_000, reason: "throttled" });
    await theirs?.extendPause({ until: time + 5_000, reason: "unavailable" });
    time += 6_000;
    expect(await theirs?.readPause()).toEqual({ until: startOfTest + 30_000, reason: "throttled" });
  });

  it("hold at once in the process that learnt of them", async () => {
    const pauses = createDynamoPauses(dynamo.client, await dynamo.newTable(), { now: () => startOfTest });
    await pauses.readPause();
    await pauses.extendPause({ until: startOfTest + 3_000, reason: "throttled" });
    expect(await pauses.readPause()).toMatchObject({ until: startOfTest + 3_000 });
  });
});
