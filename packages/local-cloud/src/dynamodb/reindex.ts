import {
  asItem,
  database,
  type IndexDescription,
  type Item,
  type Store,
  type TableDescription,
  type Write,
} from "./engine.ts";

export interface Reindexing {
  /** As the table is to be. */
  description: TableDescription;
  dropped: readonly IndexDescription[];
  added: readonly IndexDescription[];
}

/**
 * What takes indexes from a table and gives it others, filled from the items that are there. To be committed as one batch, so
 * that the description and the indexes never disagree.
 */
export async function reindexWrites(store: Store, { description, dropped, added }: Reindexing): Promise<Write[]> {
  const { TableName: name } = description;
  const writes: Write[] = [{ type: "put", key: `table~${name}`, value: description }];
  for (const { IndexName } of dropped) {
    for await (const [key] of entries(store, `index-global~${name}~${IndexName}~`)) writes.push({ type: "del", key });
  }
  if (added.length === 0) return writes;
  for await (const [, value] of entries(store, `item-${name}~`)) {
    const item = asItem(value) ?? {};
    const indexes = added.filter((index) => hasKeyOf(index, item, description));
    for (const entry of database.getIndexActions(indexes, undefined, item, description).puts) {
      writes.push({ type: "put", key: `index-global~${name}~${entry.index}~${entry.key}`, value: entry.item });
    }
  }
  return writes;
}

const entries = (store: Store, prefix: string) => store.db.iterator({ gte: prefix, lt: `${prefix}\xff` });

/** An item from before the index may hold a key attribute of another type: such an item is left out, as on AWS. */
const hasKeyOf = ({ KeySchema }: IndexDescription, item: Item, { AttributeDefinitions }: TableDescription) =>
  KeySchema.every(({ AttributeName: name }) => {
    const definition = AttributeDefinitions.find(({ AttributeName }) => AttributeName === name);
    return definition !== undefined && Object.hasOwn(Object(item[name]), definition.AttributeType);
  });

/** As DescribeTable tells of an index that is there. */
export const describeIndex = (
  { ProvisionedThroughput, ...index }: IndexDescription,
  table: TableDescription,
): IndexDescription => ({
  ...index,
  IndexArn: `${table.TableArn}/index/${index.IndexName}`,
  IndexStatus: "ACTIVE",
  IndexSizeBytes: 0,
  ItemCount: 0,
  ProvisionedThroughput: {
    ReadCapacityUnits: 0,
    WriteCapacityUnits: 0,
    ...Object(ProvisionedThroughput),
    NumberOfDecreasesToday: 0,
  },
});
