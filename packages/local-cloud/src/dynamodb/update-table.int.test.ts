import {
  type CreateGlobalSecondaryIndexAction,
  CreateTableCommand,
  DescribeTableCommand,
  UpdateTableCommand,
  type UpdateTableCommandInput,
} from "@aws-sdk/client-dynamodb";
import { QueryCommand } from "@aws-sdk/lib-dynamodb";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openStage, type Stage, TableName } from "./test-stage.ts";

let stage: Stage;
beforeEach(async () => {
  stage = await openStage();
});
afterEach(() => stage.close());

const byState: CreateGlobalSecondaryIndexAction = {
  IndexName: "byState",
  KeySchema: [{ AttributeName: "state", KeyType: "HASH" }],
  Projection: { ProjectionType: "INCLUDE", NonKeyAttributes: ["at"] },
};
const AttributeDefinitions = [{ AttributeName: "state", AttributeType: "S" as const }];

const update = (input: Partial<UpdateTableCommandInput>) =>
  stage.raw.send(new UpdateTableCommand({ TableName, ...input }));
const create = (change: Partial<CreateGlobalSecondaryIndexAction> = {}) =>
  update({ AttributeDefinitions, GlobalSecondaryIndexUpdates: [{ Create: { ...byState, ...change } }] });
const drop = (IndexName: string) => update({ GlobalSecondaryIndexUpdates: [{ Delete: { IndexName } }] });
const described = async () => (await stage.raw.send(new DescribeTableCommand({ TableName }))).Table;
const inState = async (state: string) => {
  const { Items } = await stage.client.send(
    new QueryCommand({
      TableName,
      IndexName: "byState",
      KeyConditionExpression: "#s = :s",
      ExpressionAttributeNames: { "#s": "state" },
      ExpressionAttributeValues: { ":s": state },
    }),
  );
  return Items;
};

describe("UpdateTable", () => {
  test("adds an index over the items that are there and those to come, and keeps it over a restart", async () => {
    await stage.put({ id: "1", state: "open", at: 1, owner: "ann" });
    await stage.put({ id: "2", at: 2, owner: "ann" });
    await stage.put({ id: "3", state: 3, at: 3, owner: "ann" });
    const { TableDescription } = await create();
    expect(TableDescription).toMatchObject({
      TableStatus: "UPDATING",
      GlobalSecondaryIndexes: [{ IndexName: "byOwner" }, { ...byState, IndexStatus: "CREATING", Backfilling: false }],
    });
    expect((await described())?.GlobalSecondaryIndexes?.[1]).toMatchObject({
      ...byState,
      IndexStatus: "ACTIVE",
      IndexArn: "arn:aws:dynamodb:eu-central-1:000000000000:table/jobs/index/byState",
    });
    await stage.restart();
    await stage.put({ id: "4", state: "done", at: 4 });
    expect(await inState("open")).toEqual([{ id: "1", state: "open", at: 1 }]);
    expect(await inState("done")).toEqual([{ id: "4", state: "done", at: 4 }]);
    expect(await stage.ownedBy("ann")).toEqual(["1", "2", "3"]);
  });

  test("drops an index with its entries and with the definitions that only it needed", async () => {
    await stage.put({ id: "1", owner: "ann", at: 1 });
    const { TableDescription } = await drop("byOwner");
    expect(TableDescription).toMatchObject({
      TableStatus: "UPDATING",
      GlobalSecondaryIndexes: [{ IndexName: "byOwner", IndexStatus: "DELETING" }],
    });
    const table = await described();
    expect(table?.GlobalSecondaryIndexes).toBeUndefined();
    expect(table?.AttributeDefinitions).toEqual([{ AttributeName: "id", AttributeType: "S" }]);
    await expect(stage.ownedBy("ann")).rejects.toThrow("The table does not have the specified index: byOwner");
    await stage.put({ id: "1", owner: "bob", at: 1 });
    await stage.dynamodb.call("UpdateTable", {
      TableName,
      AttributeDefinitions: [
        { AttributeName: "owner", AttributeType: "S" },
        { AttributeName: "at", AttributeType: "N" },
      ],
      GlobalSecondaryIndexUpdates: [
        {
          Create: {
            IndexName: "byOwner",
            KeySchema: [
              { AttributeName: "owner", KeyType: "HASH" },
              { AttributeName: "at", KeyType: "RANGE" },
            ],
            Projection: { ProjectionType: "ALL" },
          },
        },
      ],
    });
    expect([await stage.ownedBy("ann"), await stage.ownedBy("bob")]).toEqual([[], ["1"]]);
  });

  test("refuses what AWS refuses, and leaves the table as it was", async () => {
    const before = await described();
    const throughput = { ReadCapacityUnits: 1, WriteCapacityUnits: 1 };
    const attempts = [
      { made: () => create({ IndexName: "byOwner" }), message: "Attempting to create an index which already exists" },
      {
        made: () => update({ GlobalSecondaryIndexUpdates: [{ Create: byState }] }),
        message: /not defined in AttributeDefinitions. Keys: \[state\], AttributeDefinitions: \[id, owner, at\]/,
      },
      {
        made: () => create({ KeySchema: [{ AttributeName: "state", KeyType: "RANGE" }] }),
        message: "The first KeySchemaElement is not a HASH key type",
      },
      { made: () => create({ Projection: {} }), message: "Unknown ProjectionType: null" },
      {
        made: () => create({ Projection: { ProjectionType: "ALL", NonKeyAttributes: ["at"] } }),
        message: "ProjectionType is ALL, but NonKeyAttributes is specified",
      },
      {
        made: () => create({ ProvisionedThroughput: throughput }),
        message: "should not be specified for index: byState",
      },
      {
        made: () =>
          update({
            AttributeDefinitions: [{ AttributeName: "owner", AttributeType: "N" }],
            GlobalSecondaryIndexUpdates: [{ Create: byState }],
          }),
        message: "The type of the attribute owner cannot be changed",
      },
      { made: () => update({ AttributeDefinitions }), message: "At least one of" },
      {
        made: () =>
          update({
            BillingMode: "PAY_PER_REQUEST",
            GlobalSecondaryIndexUpdates: [{ Delete: { IndexName: "byOwner" } }],
          }),
        message: "Only one kind of change",
      },
    ];
    for (const { made, message } of attempts) {
      const attempt = made();
      await expect(attempt).rejects.toMatchObject({ name: "ValidationException" });
      await expect(attempt).rejects.toThrow(message);
    }
    await expect(drop("byNobody")).rejects.toMatchObject({ name: "ResourceNotFoundException" });
    await expect(
      update({
        AttributeDefinitions,
        GlobalSecondaryIndexUpdates: [{ Create: byState }, { Delete: { IndexName: "byOwner" } }],
      }),
    ).rejects.toMatchObject({
      name: "LimitExceededException",
      message: "Subscriber limit exceeded: Only 1 online index can be created or deleted simultaneously per table",
    });
    expect(await described()).toEqual(before);
  });

  test("asks for an index's throughput where the table has its own", async () => {
    const ProvisionedThroughput = { ReadCapacityUnits: 2, WriteCapacityUnits: 3 };
    await stage.raw.send(
      new CreateTableCommand({
        TableName: "provisioned",
        KeySchema: [{ AttributeName: "id", KeyType: "HASH" }],
        AttributeDefinitions: [{ AttributeName: "id", AttributeType: "S" }],
        ProvisionedThroughput,
      }),
    );
    const add = (Create: CreateGlobalSecondaryIndexAction) =>
      update({ TableName: "provisioned", AttributeDefinitions, GlobalSecondaryIndexUpdates: [{ Create }] });
    await expect(add(byState)).rejects.toThrow("ProvisionedThroughput must be specified for index: byState");
    await add({ ...byState, ProvisionedThroughput });
    const { Table } = await stage.raw.send(new DescribeTableCommand({ TableName: "provisioned" }));
    expect(Table?.GlobalSecondaryIndexes?.[0]?.ProvisionedThroughput).toMatchObject(ProvisionedThroughput);
  });
});

test("an item of more than 400 KB in UTF-8 is refused, however few characters it has", async () => {
  const bytesBeside = "id1text".length;
  const fits = "é".repeat((400 * 1024 - bytesBeside - 1) / 2);
  await stage.put({ id: "1", text: fits });
  await expect(stage.put({ id: "1", text: `${fits}é` })).rejects.toThrow(
    "Item size has exceeded the maximum allowed size",
  );
  expect((await stage.get("1"))?.["text"]).toBe(fits);
});
