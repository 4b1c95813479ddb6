import {
  BatchGetCommand,
  BatchWriteCommand,
  DeleteCommand,
  GetCommand,
  PutCommand,
  QueryCommand,
  UpdateCommand,
} from "@aws-sdk/lib-dynamodb";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openStage, type Stage, TableName } from "./test-stage.ts";

let stage: Stage;
beforeEach(async () => {
  stage = await openStage();
});
afterEach(() => stage.close());

describe("items", () => {
  test("give back every kind of value as it was put", async () => {
    const item = {
      id: "1",
      text: "Grüße 🎬",
      number: 1.5,
      bytes: new Uint8Array([0, 255, 128]),
      yes: true,
      nothing: null,
      list: [1, "two", { three: 3 }],
      map: { deep: { deeper: [] } },
      names: new Set(["a", "b"]),
    };
    await stage.put(item);
    expect(await stage.get("1")).toEqual(item);
    expect(await stage.get("2")).toBeUndefined();
  });

  test("are updated by expressions", async () => {
    await stage.put({ id: "1", count: 1, tags: new Set(["a"]), trail: ["x"] });
    const { Attributes } = await stage.client.send(
      new UpdateCommand({
        TableName,
        Key: { id: "1" },
        UpdateExpression:
          "SET trail = list_append(trail, :l), made = if_not_exists(made, :m) ADD #c :one, tags :t REMOVE absent",
        ExpressionAttributeNames: { "#c": "count" },
        ExpressionAttributeValues: { ":l": ["y"], ":m": "now", ":one": 1, ":t": new Set(["b"]) },
        ReturnValues: "ALL_NEW",
      }),
    );
    expect(Attributes).toEqual({ id: "1", count: 2, tags: new Set(["a", "b"]), trail: ["x", "y"], made: "now" });
  });

  test("let one of fifty racers win a condition, and count every one of fifty additions", async () => {
    const racers = Array.from({ length: 50 }, (_, racer) =>
      stage.client.send(
        new PutCommand({ TableName, Item: { id: "race", racer }, ConditionExpression: "attribute_not_exists(id)" }),
      ),
    );
    const ended = await Promise.allSettled(racers);
    expect(ended.filter(({ status }) => status === "fulfilled")).toHaveLength(1);

    const adders = Array.from({ length: 50 }, () =>
      stage.client.send(
        new UpdateCommand({
          TableName,
          Key: { id: "sum" },
          UpdateExpression: "ADD amount :one",
          ExpressionAttributeValues: { ":one": 1 },
        }),
      ),
    );
    await Promise.all(adders);
    expect(await stage.get("sum")).toEqual({ id: "sum", amount: 50 });
  });

  test("refuse a failed condition with the item that stands in the way, if asked", async () => {
    await stage.put({ id: "1", state: "done" });
    const condition = {
      TableName,
      ConditionExpression: "#s = :s",
      ExpressionAttributeNames: { "#s": "state" },
      ExpressionAttributeValues: { ":s": "open" },
    };
    const failure = { name: "ConditionalCheckFailedException", message: "The conditional request failed" };
    const asked = { ...condition, ReturnValuesOnConditionCheckFailure: "ALL_OLD" } as const;
    const Item = { id: { S: "1" }, state: { S: "done" } };
    await expect(stage.client.send(new PutCommand({ ...condition, Item: { id: "1" } }))).rejects.toMatchObject(failure);
    for (const attempt of [
      stage.client.send(new PutCommand({ ...asked, Item: { id: "1" } })),
      stage.client.send(new DeleteCommand({ ...asked, Key: { id: "1" } })),
    ]) {
      await expect(attempt).rejects.toMatchObject({ ...failure, Item });
    }
    await expect(stage.client.send(new DeleteCommand({ ...asked, Key: { id: "2" } }))).rejects.not.toMatchObject({
      Item: { id: { S: "2" } },
    });
  });

  test("are written and read in batches", async () => {
    const requests = Array.from({ length: 25 }, (_, n) => ({
      PutRequest: { Item: { id: `b${n}`, owner: "b", at: n } },
    }));
    await stage.client.send(new BatchWriteCommand({ RequestItems: { [TableName]: requests } }));
    const Keys = [{ id: "b3" }, { id: "b24" }, { id: "none" }];
    const { Responses } = await stage.client.send(new BatchGetCommand({ RequestItems: { [TableName]: { Keys } } }));
    expect(Responses?.[TableName]?.map(({ id }) => id).sort()).toEqual(["b24", "b3"]);
    expect(await stage.ownedBy("b")).toEqual(requests.map(({ PutRequest }) => PutRequest.Item.id));
  });

  test("of over 400 KB, of no table and of the wrong key are refused with AWS's words", async () => {
    await expect(stage.put({ id: "1", text: "x".repeat(410_000) })).rejects.toMatchObject({
      name: "ValidationException",
      message: "Item size has exceeded the maximum allowed size",
    });
    await expect(stage.client.send(new GetCommand({ TableName: "absent", Key: { id: "1" } }))).rejects.toMatchObject({
      name: "ResourceNotFoundException",
      message: "Requested resource not found",
    });
    await expect(stage.client.send(new GetCommand({ TableName, Key: { name: "1" } }))).rejects.toMatchObject({
      name: "ValidationException",
      message: "The provided key element does not match the schema",
    });
  });
});

describe("queries", () => {
  test("follow an index in order, page by page, with a filter", async () => {
    for (const at of [3, 1, 2, 11])
      await stage.put({ id: `j${at}`, owner: "ann", at, kind: at > 2 ? "late" : "early" });
    await stage.put({ id: "other", owner: "bob", at: 1 });
    expect(await stage.ownedBy("ann")).toEqual(["j1", "j2", "j3", "j11"]);

    const query = {
      TableName,
      IndexName: "byOwner",
      KeyConditionExpression: "#o = :o AND #a > :a",
      FilterExpression: "kind = :k",
      ExpressionAttributeNames: { "#o": "owner", "#a": "at" },
      ExpressionAttributeValues: { ":o": "ann", ":a": 1, ":k": "late" },
      ScanIndexForward: false,
      Limit: 2,
    };
    const first = await stage.client.send(new QueryCommand(query));
    expect(first.Items?.map(({ id }) => id)).toEqual(["j11", "j3"]);
    expect(first.LastEvaluatedKey).toEqual({ id: "j3", owner: "ann", at: 3 });
    const second = await stage.client.send(new QueryCommand({ ...query, ExclusiveStartKey: first.LastEvaluatedKey }));
    expect(second).toMatchObject({ Items: [], ScannedCount: 1 });
  });

  test("see an item move within an index, and leave it", async () => {
    await stage.put({ id: "1", owner: "ann", at: 1 });
    await stage.put({ id: "1", owner: "bob", at: 1 });
    expect([await stage.ownedBy("ann"), await stage.ownedBy("bob")]).toEqual([[], ["1"]]);
    await stage.client.send(new DeleteCommand({ TableName, Key: { id: "1" } }));
    expect(await stage.ownedBy("bob")).toEqual([]);
  });
});
