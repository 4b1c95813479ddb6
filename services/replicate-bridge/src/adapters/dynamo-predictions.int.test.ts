import { GetCommand } from "@aws-sdk/lib-dynamodb";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startDynamo } from "../../test/dynamo-engine.ts";
import { jobIdOf, predictionIdOf, request, requestedAt, startOfTest, submission } from "../../test/examples.ts";
import { describeRecords } from "../../test/records-suite.ts";
import { createDynamoPauses } from "./dynamo-pauses.ts";
import { createDynamoPredictions } from "./dynamo-predictions.ts";
import { createDynamoWorkLists } from "./dynamo-work-lists.ts";

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
    const { Item } = await dynamo.client.send(
      new GetCommand({ TableName: table, Key: { pk: jobIdOf(1), sk: "record" } }),
    );
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

describe("a place in a work list", () => {
  const place = { list: "in-flight" as const, due: requestedAt, jobId: jobIdOf(1) };
  const find = async (table: string) => createDynamoWorkLists(dynamo.client, table).find(place);

  it("that no record names is nobody's work, and given up once nobody can be about to name it", async () => {
    const table = await dynamo.newTable();
    await createDynamoWorkLists(dynamo.client, table).take(place);
    const listedAt = async (now: number) =>
      createDynamoPredictions(dynamo.client, table, { now: () => now }).listInFlight("waiting", {
        before: requestedAt,
        limit: 9,
      });
    expect(await listedAt(Date.now() + 14 * 60_000)).toEqual([]);
    expect(await find(table)).not.toBeNull();
    expect(await listedAt(Date.now() + 16 * 60_000)).toEqual([]);
    expect(await find(table)).toBeNull();
  });

  it("that was taken again is not left by whoever leaves it late", async () => {
    const table = await dynamo.newTable();
    const places = createDynamoWorkLists(dynamo.client, table);
    await places.take(place);
    const seen = await find(table);
    await places.take(place);
    if (seen) await places.leave(seen);
    expect(await find(table)).not.toBeNull();
  });

  it("is there before the record, and is what a repeated request comes back to", async () => {
    const table = await dynamo.newTable();
    const dying = new Proxy(dynamo.client, {
      get: (client, name) =>
        name === "send"
          ? (command: { input: { Item?: { sk?: string } } }) =>
              command.input.Item?.sk === "record" ? Promise.reject(new Error("died")) : client.send(command as never)
          : Reflect.get(client, name),
    });
    const intent = { jobId: jobIdOf(1), request, submission, attemptedAt: requestedAt, nextCheckAt: requestedAt };
    await expect(createDynamoPredictions(dying, table).writeIntent(intent)).rejects.toThrow("died");
    const records = createDynamoPredictions(dynamo.client, table);
    expect(await records.listInFlight("waiting", { before: requestedAt, limit: 9 })).toEqual([]);
    expect(await records.writeIntent(intent)).toMatchObject({ written: true });
    expect(await records.listInFlight("waiting", { before: requestedAt, limit: 9 })).toHaveLength(1);
  });
});
