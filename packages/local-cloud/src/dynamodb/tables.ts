import { setImmediate as nextTurn } from "node:timers/promises";
import { asItem, check, type Item, run, type Store } from "./engine.ts";

/** Waits until dynalite has finished, in the background, what it began with a table. */
export async function untilSettled(store: Store, name: string): Promise<void> {
  while (["CREATING", "UPDATING", "DELETING"].includes(await statusOf(store, name))) await nextTurn();
}

const statusOf = async (store: Store, name: string): Promise<string> =>
  String(asItem(await store.db.get(`table~${name}`))?.["TableStatus"] ?? "GONE");

/** Finishes what a killed process had begun with its tables. */
export async function settleTables(store: Store): Promise<void> {
  for await (const [, value] of store.db.iterator({ gte: "table~", lt: "table~\xff" })) {
    const table = asItem(value) ?? {};
    const status = table["TableStatus"];
    const name = String(table["TableName"]);
    if (status === "DELETING") {
      await run("DeleteTable", check("DeleteTable", { TableName: name }, store), store);
      await untilSettled(store, name);
    } else if (status !== "ACTIVE") {
      await store.db.put(`table~${name}`, activated(table));
    }
  }
}

function activated(table: Item): Item {
  const indexes = table["GlobalSecondaryIndexes"];
  return {
    ...table,
    TableStatus: "ACTIVE",
    ...(Array.isArray(indexes) && {
      GlobalSecondaryIndexes: indexes.map((index: Item) => ({ ...index, IndexStatus: "ACTIVE" })),
    }),
  };
}

/** A page of names. dynalite's own would read through every item of every table. */
export async function listTables(store: Store, input: object): Promise<Item> {
  const { Limit: limit = 100, ExclusiveStartTableName: start = "" } = check("ListTables", input, store);
  const names: string[] = [];
  for await (const [key] of store.db.iterator({ gte: `table~${start}`, lt: "table~\xff" })) {
    const name = key.slice("table~".length);
    if (name === start) continue;
    if (names.length === limit) return { TableNames: names, LastEvaluatedTableName: names.at(-1) };
    names.push(name);
  }
  return { TableNames: names };
}
