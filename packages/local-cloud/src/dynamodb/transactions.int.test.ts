import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { ScanCommand, TransactGetCommand, TransactWriteCommand } from "@aws-sdk/lib-dynamodb";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openStage, type Stage, TableName } from "./test-stage.ts";

let stage: Stage;
beforeEach(async () => {
  stage = await openStage();
});
afterEach(() => stage.close());

describe("transactions", () => {
  const both = (id: string, condition?: string) =>
    new TransactWriteCommand({
      TransactItems: [
        { Put: { TableName, Item: { id, owner: "t", at: 1 } } },
        {
          Update: {
            TableName,
            Key: { id: "counter" },
            UpdateExpression: "ADD amount :one",
            ExpressionAttributeValues: { ":one": 1 },
            ...(condition && { ConditionExpression: condition }),
          },
        },
      ],
    });

  test("write everything, in the indexes too", async () => {
    await stage.client.send(both("1"));
    await stage.client.send(both("2"));
    const { Responses } = await stage.client.send(
      new TransactGetCommand({
        TransactItems: ["1", "counter", "absent"].map((id) => ({ Get: { TableName, Key: { id } } })),
      }),
    );
    expect(Responses).toEqual([{ Item: { id: "1", owner: "t", at: 1 } }, { Item: { id: "counter", amount: 2 } }, {}]);
    expect(await stage.ownedBy("t")).toHaveLength(2);
  });

  test("write nothing when one condition fails, and say which", async () => {
    await stage.put({ id: "counter", amount: 7 });
    await expect(stage.client.send(both("1", "attribute_not_exists(id)"))).rejects.toMatchObject({
      name: "TransactionCanceledException",
      message:
        "Transaction cancelled, please refer cancellation reasons for specific reasons [None, ConditionalCheckFailed]",
      CancellationReasons: [
        { Code: "None" },
        { Code: "ConditionalCheckFailed", Message: "The conditional request failed" },
      ],
    });
    expect(await stage.get("1")).toBeUndefined();
    expect(await stage.ownedBy("t")).toEqual([]);
  });

  test("write nothing when an update does not fit its item", async () => {
    await stage.put({ id: "counter", amount: "not a number" });
    await expect(stage.client.send(both("1"))).rejects.toMatchObject({
      name: "TransactionCanceledException",
      CancellationReasons: [{ Code: "None" }, { Code: "ValidationError" }],
    });
    expect(await stage.get("1")).toBeUndefined();
  });

  test("check items that they do not write, and show them", async () => {
    await stage.put({ id: "gate", open: false });
    const gated = new TransactWriteCommand({
      TransactItems: [
        {
          ConditionCheck: {
            TableName,
            Key: { id: "gate" },
            ConditionExpression: "#o = :yes",
            ExpressionAttributeNames: { "#o": "open" },
            ExpressionAttributeValues: { ":yes": true },
            ReturnValuesOnConditionCheckFailure: "ALL_OLD",
          },
        },
        { Delete: { TableName, Key: { id: "gate2" } } },
      ],
    });
    await expect(stage.client.send(gated)).rejects.toMatchObject({
      CancellationReasons: [{ Code: "ConditionalCheckFailed", Item: { id: { S: "gate" }, open: { BOOL: false } } }, {}],
    });
    await stage.put({ id: "gate", open: true });
    await stage.client.send(gated);
    expect(await stage.get("gate")).toEqual({ id: "gate", open: true });
  });

  test("happen once under a token, also after a restart; another request under it is refused", async () => {
    const { TransactItems } = both("1").input;
    const repeated = new TransactWriteCommand({ TransactItems, ClientRequestToken: "once" });
    await stage.client.send(repeated);
    await stage.client.send(repeated);
    await stage.restart();
    await stage.client.send(repeated);
    expect(await stage.get("counter")).toMatchObject({ amount: 1 });
    const other = new TransactWriteCommand({ TransactItems: TransactItems?.slice(0, 1), ClientRequestToken: "once" });
    await expect(stage.client.send(other)).rejects.toMatchObject({
      name: "IdempotentParameterMismatchException",
      message:
        "DynamoDB rejected the request because you retried a request with a different payload but with an idempotent token that was already used.",
    });

    stage.wait(11 * 60);
    await stage.client.send(repeated);
    expect(await stage.get("counter")).toMatchObject({ amount: 2 });
  });

  test("are the same under a token, whatever the order of an item's attributes", async () => {
    const put = (Item: Record<string, unknown>) =>
      stage.client.send(
        new TransactWriteCommand({ TransactItems: [{ Put: { TableName, Item } }], ClientRequestToken: "order" }),
      );
    await put({ id: "1", nested: { a: 1, b: 2 } });
    await put({ nested: { b: 2, a: 1 }, id: "1" });
  });

  test("name an item once, hold one to a hundred, and each do one thing", async () => {
    const write = { Put: { TableName, Item: { id: "1" } } };
    const attempts = [
      { items: [write, write], message: "Transaction request cannot include multiple operations on one item" },
      { items: [], message: /Member must have length greater than or equal to 1/ },
      {
        items: Array.from({ length: 101 }, (_, n) => ({ Put: { TableName, Item: { id: `${n}` } } })),
        message: /Member must have length less than or equal to 100/,
      },
      {
        items: [{ ...write, Delete: { TableName, Key: { id: "2" } } }],
        message: "TransactItems can only contain one of Check, Put, Update or Delete",
      },
    ];
    for (const { items, message } of attempts) {
      const failure = stage.client.send(new TransactWriteCommand({ TransactItems: items }));
      await expect(failure).rejects.toMatchObject({ name: "ValidationException" });
      await expect(failure).rejects.toThrow(message);
    }
    const missing = { Put: { TableName: "absent", Item: { id: "1" } } };
    await expect(
      stage.client.send(new TransactWriteCommand({ TransactItems: [write, missing] })),
    ).rejects.toMatchObject({
      name: "ResourceNotFoundException",
    });
    expect(await stage.get("1")).toBeUndefined();
  });

  test("of racing writers keep their sum", async () => {
    await Promise.all(Array.from({ length: 20 }, (_, n) => stage.client.send(both(`r${n}`))));
    expect(await stage.get("counter")).toMatchObject({ amount: 20 });
  });
});

test("a process killed while it writes keeps every acknowledged transaction, and no half of one", async () => {
  let acknowledged = -1;
  await stage.restart(async () => {
    const writer = spawn(process.execPath, [
      "--input-type=module",
      "--eval",
      `import { createDynamodb } from ${JSON.stringify(new URL("./dynamodb.ts", import.meta.url).href)};
     const dynamodb = createDynamodb({ dataDir: ${JSON.stringify(stage.dataDir)}, region: "eu-central-1", account: "000000000000" });
     const item = (id, n) => ({ Put: { TableName: "jobs", Item: { id: { S: id + n }, owner: { S: "k" + n }, at: { N: "1" } } } });
     for (let n = 0; ; n++) {
       await dynamodb.call("TransactWriteItems", { TransactItems: [item("a", n), item("b", n)] });
       console.log(n);
     }`,
    ]);
    for await (const line of createInterface({ input: writer.stdout })) {
      acknowledged = Number(line);
      if (acknowledged === 100) writer.kill("SIGKILL");
    }
  });
  expect(acknowledged).toBeGreaterThanOrEqual(100);
  for (let n = 0; n <= acknowledged; n++)
    expect([n, (await stage.ownedBy(`k${n}`))?.sort()]).toEqual([n, [`a${n}`, `b${n}`]]);
  const { Items } = await stage.client.send(new ScanCommand({ TableName }));
  for (const { id, owner } of Items ?? []) expect([id, (await stage.ownedBy(owner))?.length]).toEqual([id, 2]);
});
