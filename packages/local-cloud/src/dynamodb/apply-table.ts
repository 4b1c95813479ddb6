import type { TableTopology } from "../topology.ts";
import {
  asItem,
  database,
  getTable,
  type IndexDescription,
  type Store,
  type TableDescription,
  type Write,
} from "./engine.ts";

const keySchema = ({ hashKey, rangeKey }: { hashKey: string; rangeKey: string | null }) => [
  { AttributeName: hashKey, KeyType: "HASH" },
  ...(rangeKey === null ? [] : [{ AttributeName: rangeKey, KeyType: "RANGE" }]),
];

const attributeDefinitions = ({ attributes }: TableTopology) =>
  Object.entries(attributes).map(([AttributeName, AttributeType]) => ({ AttributeName, AttributeType }));

const indexes = ({ globalIndexes }: TableTopology) =>
  globalIndexes.map((index) => ({
    IndexName: index.name,
    KeySchema: keySchema(index),
    Projection: { ProjectionType: index.projection },
  }));

/** The CreateTable request that makes the table as the topology has it. */
export const createTableInput = (table: TableTopology) => ({
  TableName: table.name,
  BillingMode: "PAY_PER_REQUEST",
  KeySchema: keySchema(table),
  AttributeDefinitions: attributeDefinitions(table),
  ...(table.globalIndexes.length > 0 && { GlobalSecondaryIndexes: indexes(table) }),
});

/** What an index is; the rest of its description is bookkeeping. */
const essence = ({ IndexName, KeySchema, Projection }: IndexDescription) =>
  JSON.stringify([IndexName, KeySchema, Projection.ProjectionType]);

/**
 * What brings an existing table to the topology's indexes, new ones filled from the items that are there. To be committed as
 * one batch, so that the description and the indexes never disagree.
 */
export async function reindexTable(store: Store, wanted: TableTopology): Promise<Write[]> {
  const table = await getTable(store, wanted.name);
  if (JSON.stringify(table.KeySchema) !== JSON.stringify(keySchema(wanted))) {
    throw new Error(
      `The table ${wanted.name} exists with other keys, and DynamoDB cannot change a table's keys: start over with --fresh.`,
    );
  }
  const current = table.GlobalSecondaryIndexes ?? [];
  const isWanted = new Set(indexes(wanted).map(essence));
  const isThere = new Set(current.map(essence));
  const dropped = current.filter((index) => !isWanted.has(essence(index)));
  const added = indexes(wanted)
    .filter((index) => !isThere.has(essence(index)))
    .map((index) => describeIndex(index, table));
  if (dropped.length === 0 && added.length === 0) return [];

  const { GlobalSecondaryIndexes: _, ...rest } = table;
  const all = [...current.filter((index) => isWanted.has(essence(index))), ...added];
  const description: TableDescription = {
    ...rest,
    AttributeDefinitions: attributeDefinitions(wanted),
    ...(all.length > 0 && { GlobalSecondaryIndexes: all }),
  };
  const writes: Write[] = [{ type: "put", key: `table~${wanted.name}`, value: description }];
  for (const { IndexName } of dropped) {
    for await (const [key] of entries(store, `index-global~${wanted.name}~${IndexName}~`))
      writes.push({ type: "del", key });
  }
  for await (const [, value] of entries(store, `item-${wanted.name}~`)) {
    for (const { index, key, item } of database.getIndexActions(added, undefined, asItem(value), description).puts) {
      writes.push({ type: "put", key: `index-global~${wanted.name}~${index}~${key}`, value: item });
    }
  }
  return writes;
}

const entries = (store: Store, prefix: string) => store.db.iterator({ gte: prefix, lt: `${prefix}\xff` });

const describeIndex = (index: IndexDescription, table: TableDescription): IndexDescription => ({
  ...index,
  IndexArn: `${table.TableArn}/index/${index.IndexName}`,
  IndexStatus: "ACTIVE",
  IndexSizeBytes: 0,
  ItemCount: 0,
  ProvisionedThroughput: { NumberOfDecreasesToday: 0, ReadCapacityUnits: 0, WriteCapacityUnits: 0 },
});
