import {
  CreateTableCommand,
  DeleteTableCommand,
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  ListTablesCommand,
  UpdateTimeToLiveCommand,
} from "@aws-sdk/client-dynamodb";
import { PutCommand, QueryCommand, ScanCommand } from "@aws-sdk/lib-dynamodb";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { jobs, openStage, type Stage, TableName } from "./test-stage.ts";

let stage: Stage;
beforeEach(async () => {
  stage = await openStage();
});
afterEach(() => stage.close());

describe("time to live", () => {
  test("deletes an item and its index entries once its second has come, and no other", async () => {
    const seconds = stage.nowSeconds();
    await stage.put({ id: "soon", owner: "e", at: 1, expiresAt: seconds + 60 });
    await stage.put({ id: "renewed", owner: "e", at: 2, expiresAt: seconds + 60 });
    await stage.put({ id: "later", owner: "e", at: 3, expiresAt: seconds + 3_600 });
    await stage.put({ id: "text", owner: "e", at: 4, expiresAt: "1" });
    await stage.put({ id: "ancient", owner: "e", at: 5, expiresAt: 1 });
    await stage.put({ id: "renewed", owner: "e", at: 2, expiresAt: seconds + 3_600 });
    stage.wait(61);
    await vi.waitFor(async () => expect(await stage.get("soon")).toBeUndefined(), 5_000);
    expect(await stage.ownedBy("e")).toEqual(["renewed", "later", "text", "ancient"]);
  });

  test("is remembered over a restart, for the items that were there too", async () => {
    await stage.put({ id: "soon", expiresAt: stage.nowSeconds() + 60 });
    await stage.restart();
    const { TimeToLiveDescription } = await stage.raw.send(new DescribeTimeToLiveCommand({ TableName }));
    expect(TimeToLiveDescription).toEqual({ TimeToLiveStatus: "ENABLED", AttributeName: "expiresAt" });
    stage.wait(61);
    await vi.waitFor(async () => expect(await stage.get("soon")).toBeUndefined(), 5_000);
  });

  test("is switched as AWS switches it", async () => {
    const update = (Enabled: boolean, AttributeName: string) =>
      stage.raw.send(new UpdateTimeToLiveCommand({ TableName, TimeToLiveSpecification: { Enabled, AttributeName } }));
    await expect(update(true, "expiresAt")).rejects.toThrow("TimeToLive is already enabled");
    await expect(update(false, "other")).rejects.toThrow(
      "TimeToLive is active on a different AttributeName: current AttributeName is expiresAt",
    );
    await update(false, "expiresAt");
    await expect(update(false, "expiresAt")).rejects.toThrow("TimeToLive is already disabled");
    const { TimeToLiveDescription } = await stage.raw.send(new DescribeTimeToLiveCommand({ TableName }));
    expect(TimeToLiveDescription).toEqual({ TimeToLiveStatus: "DISABLED" });
    await update(true, "other");
  });
});

describe("tables", () => {
  test("are made, listed, described and dropped with all that was in them", async () => {
    const made = new CreateTableCommand({
      TableName: "events",
      BillingMode: "PAY_PER_REQUEST",
      KeySchema: [
        { AttributeName: "stream", KeyType: "HASH" },
        { AttributeName: "version", KeyType: "RANGE" },
      ],
      AttributeDefinitions: [
        { AttributeName: "stream", AttributeType: "S" },
        { AttributeName: "version", AttributeType: "N" },
      ],
    });
    await stage.raw.send(made);
    await expect(stage.raw.send(made)).rejects.toMatchObject({ name: "ResourceInUseException" });
    const { Table } = await stage.raw.send(new DescribeTableCommand({ TableName: "events" }));
    expect(Table).toMatchObject({
      TableStatus: "ACTIVE",
      TableArn: "arn:aws:dynamodb:eu-central-1:000000000000:table/events",
    });
    expect(await stage.raw.send(new ListTablesCommand({ Limit: 1 }))).toMatchObject({
      TableNames: ["events"],
      LastEvaluatedTableName: "events",
    });
    expect((await stage.raw.send(new ListTablesCommand({ ExclusiveStartTableName: "events" }))).TableNames).toEqual([
      "jobs",
    ]);

    await stage.client.send(new PutCommand({ TableName: "events", Item: { stream: "s", version: 1 } }));
    await stage.raw.send(new DeleteTableCommand({ TableName: "events" }));
    await stage.raw.send(made);
    expect((await stage.client.send(new ScanCommand({ TableName: "events" }))).Count).toBe(0);
  });

  test("of the topology are made once, and get new indexes over the items they have", async () => {
    await stage.put({ id: "1", owner: "ann", at: 1, state: "open" });
    const byState = { name: "byState", hashKey: "state", rangeKey: null, projection: "KEYS_ONLY" } as const;
    await stage.dynamodb.applyTable({
      ...jobs,
      attributes: { id: "S", state: "S" },
      globalIndexes: [byState],
      ttlAttribute: null,
    });
    await stage.put({ id: "2", state: "open" });
    const { Items } = await stage.client.send(
      new QueryCommand({
        TableName,
        IndexName: "byState",
        KeyConditionExpression: "#s = :s",
        ExpressionAttributeNames: { "#s": "state" },
        ExpressionAttributeValues: { ":s": "open" },
      }),
    );
    expect(Items?.map(({ id }) => id).sort()).toEqual(["1", "2"]);
    await expect(stage.ownedBy("ann")).rejects.toThrow("The table does not have the specified index: byOwner");

    await stage.dynamodb.applyTable(jobs);
    expect(await stage.ownedBy("ann")).toEqual(["1"]);
    await expect(stage.dynamodb.applyTable({ ...jobs, hashKey: "owner" })).rejects.toThrow("exists with other keys");
  });

  test("are not made with what is not kept", async () => {
    await expect(
      stage.raw.send(
        new CreateTableCommand({
          TableName: "streamed",
          BillingMode: "PAY_PER_REQUEST",
          KeySchema: [{ AttributeName: "id", KeyType: "HASH" }],
          AttributeDefinitions: [{ AttributeName: "id", AttributeType: "S" }],
          StreamSpecification: { StreamEnabled: true, StreamViewType: "NEW_IMAGE" },
        }),
      ),
    ).rejects.toThrow("StreamSpecification is not supported by this endpoint");
    await expect(stage.dynamodb.call("ExecuteStatement", {})).rejects.toMatchObject({
      code: "UnknownOperationException",
    });
  });
});
