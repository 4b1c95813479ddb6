import type { TableTopology } from "../topology.ts";
import { getTable, type IndexDescription, type Store, type TableDescription, type Write } from "./engine.ts";
import { describeIndex, reindexWrites } from "./reindex.ts";

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

/** What brings an existing table to the topology's indexes; to be committed as one batch. */
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
  return reindexWrites(store, { description, dropped, added });
}
