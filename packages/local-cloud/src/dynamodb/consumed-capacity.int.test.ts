import {
  BatchWriteCommand,
  DeleteCommand,
  PutCommand,
  TransactGetCommand,
  TransactWriteCommand,
  UpdateCommand,
} from "@aws-sdk/lib-dynamodb";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openStage, type Stage, TableName } from "./test-stage.ts";

const asked = { ReturnConsumedCapacity: "INDEXES" as const };

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage.close());

const consumed = ({ ConsumedCapacity }: { ConsumedCapacity?: unknown }) => ConsumedCapacity;
const put = async (Item: Record<string, unknown>) =>
  consumed(await stage.client.send(new PutCommand({ TableName, Item, ...asked })));
const set = async (id: string, expression: string, value: unknown) =>
  consumed(
    await stage.client.send(
      new UpdateCommand({
        TableName,
        Key: { id },
        UpdateExpression: expression,
        ExpressionAttributeNames: { "#a": "owner" },
        ...(value !== undefined && { ExpressionAttributeValues: { ":v": value } }),
        ...asked,
      }),
    ),
  );
const units = (table: number, byOwner?: number) => ({
  TableName,
  CapacityUnits: table + (byOwner ?? 0),
  Table: { CapacityUnits: table },
  ...(byOwner && { GlobalSecondaryIndexes: { byOwner: { CapacityUnits: byOwner } } }),
});

const inTransaction = (direction: "ReadCapacityUnits" | "WriteCapacityUnits", count: number) => ({
  ...units(count),
  [direction]: count,
  Table: { CapacityUnits: count, [direction]: count },
});

describe("the read units of a transaction", () => {
  it("are two for each 4 KB of an item, and as many where there is none", async () => {
    await put({ id: "long", text: "x".repeat(4096) });
    const { ConsumedCapacity } = await stage.client.send(
      new TransactGetCommand({
        TransactItems: ["long", "none"].map((id) => ({ Get: { TableName, Key: { id } } })),
        ...asked,
      }),
    );
    expect(ConsumedCapacity).toEqual([inTransaction("ReadCapacityUnits", 6)]);
  });

  it("are what a repeated write costs, which only reads", async () => {
    const write = new TransactWriteCommand({
      TransactItems: [{ Put: { TableName, Item: { id: "once" } } }],
      ClientRequestToken: "capacity",
      ...asked,
    });
    expect((await stage.client.send(write)).ConsumedCapacity).toEqual([inTransaction("WriteCapacityUnits", 2)]);
    expect((await stage.client.send(write)).ConsumedCapacity).toEqual([inTransaction("ReadCapacityUnits", 2)]);
  });
});

describe("the write units that DynamoDB tells", () => {
  it("are one for each KB of an item, and as many for its entry in an index", async () => {
    expect(await put({ id: "small" })).toEqual(units(1));
    expect(await put({ id: "large", text: "x".repeat(2048) })).toEqual(units(3));
    expect(await put({ id: "listed", owner: "ann", at: 1 })).toEqual(units(1, 1));
  });

  it("count the bytes of UTF-8", async () => {
    expect(await put({ id: "accents", text: "é".repeat(600) })).toEqual(units(2));
  });

  it("follow the larger of what was there and what is there now", async () => {
    await put({ id: "shrinks", text: "x".repeat(1500) });
    expect(await put({ id: "shrinks" })).toEqual(units(2));
  });

  it("are one for an entry that leaves an index, two for one that moves, none for one that stays", async () => {
    await put({ id: "moves", owner: "ann", at: 1 });
    expect(await set("moves", "SET #a = :v", "bob")).toEqual(units(1, 2));
    expect(await set("moves", "SET #a = :v", "bob")).toEqual(units(1));
    expect(await set("moves", "REMOVE #a", undefined)).toEqual(units(1, 1));
  });

  it("are one also where nothing was to be deleted", async () => {
    const { ConsumedCapacity } = await stage.client.send(
      new DeleteCommand({ TableName, Key: { id: "none" }, ...asked }),
    );
    expect(ConsumedCapacity).toEqual(units(1));
  });

  it("are the sum over a batch, and double over a transaction with its checks", async () => {
    const requests = [{ id: "a", owner: "ann", at: 1 }, { id: "b" }].map((Item) => ({ PutRequest: { Item } }));
    const batch = await stage.client.send(new BatchWriteCommand({ RequestItems: { [TableName]: requests }, ...asked }));
    expect(batch.ConsumedCapacity).toEqual([units(2, 1)]);
    const transaction = await stage.client.send(
      new TransactWriteCommand({
        TransactItems: [
          { Put: { TableName, Item: { id: "c" } } },
          { ConditionCheck: { TableName, Key: { id: "a" }, ConditionExpression: "attribute_exists(id)" } },
        ],
        ...asked,
      }),
    );
    expect(transaction.ConsumedCapacity).toEqual([inTransaction("WriteCapacityUnits", 4)]);
  });

  it("are not told to those who did not ask, and without indexes to those who asked for the total", async () => {
    const item = { TableName, Item: { id: "asked", owner: "ann", at: 2 } };
    expect(consumed(await stage.client.send(new PutCommand(item)))).toBeUndefined();
    const deletion = { TableName, Key: { id: "asked" }, ReturnConsumedCapacity: "TOTAL" as const };
    const { ConsumedCapacity } = await stage.client.send(new DeleteCommand(deletion));
    expect(ConsumedCapacity).toEqual({ TableName, CapacityUnits: 2 });
  });
});
