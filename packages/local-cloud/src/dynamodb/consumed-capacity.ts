import { isDeepStrictEqual } from "node:util";
import { asItem, database, type Item, type Store, type Write } from "./engine.ts";

/** Units by table: what its items cost, and each of its indexes. */
type Consumed = Map<string, { table: number; indexes: Map<string, number> }>;

const bytesPerUnit = 1024;
/** DynamoDB prepares and commits each item of a transaction, and bills both. */
const transactionFactor = 2;

/** A write is as large as the item before or after it, whichever is larger; what was not there is the smallest item. */
const writeUnits = (...items: (Item | undefined)[]) =>
  Math.max(1, ...items.map((item) => Math.ceil((item ? database.itemSize(item) : 0) / bytesPerUnit)));

/** Cloned, since the engine's items differ in their prototypes. */
const isSame = (left: unknown, right: unknown) => isDeepStrictEqual(structuredClone(left), structuredClone(right));

/** What uncommitted writes cost. An index entry that stays as it is costs nothing. */
async function consumedBy(writes: readonly Write[], store: Store): Promise<Consumed> {
  const consumed: Consumed = new Map();
  for (const write of writes) {
    const [kind = "", ...names] = write.key.split("~");
    const before = asItem(await store.db.get(write.key));
    const after = write.type === "put" ? asItem(write.value) : undefined;
    const table = kind.startsWith("item-") ? kind.slice("item-".length) : (names[0] ?? "");
    const units = consumed.get(table) ?? { table: 0, indexes: new Map() };
    consumed.set(table, units);
    if (kind.startsWith("item-")) units.table += writeUnits(before, after);
    else if (!isSame(before, after)) {
      const index = names[1] ?? "";
      units.indexes.set(index, (units.indexes.get(index) ?? 0) + writeUnits(before, after));
    }
  }
  return consumed;
}

/** Completes an answer's ConsumedCapacity, if it was asked for: dynalite leaves the indexes out. To be called before the commit. */
export async function addIndexUnits(answer: Item, { writes, store, asked }: Writing): Promise<Item> {
  const reported = answer["ConsumedCapacity"];
  if (reported === undefined) return answer;
  const consumed = await consumedBy(writes, store);
  const complete = (capacity: unknown) => {
    const { TableName, CapacityUnits } = Object(capacity);
    return describe(TableName, { table: CapacityUnits, indexes: consumed.get(TableName)?.indexes ?? new Map() }, asked);
  };
  return { ...answer, ConsumedCapacity: Array.isArray(reported) ? reported.map(complete) : complete(reported) };
}

interface Writing {
  writes: readonly Write[];
  store: Store;
  /** The request's ReturnConsumedCapacity. */
  asked: unknown;
}

/** A transaction's ConsumedCapacity. Items that it only checked cost as if they were written. */
export async function transactionUnits({ writes, store, asked }: Writing, checkedTables: readonly string[]) {
  if (asked !== "TOTAL" && asked !== "INDEXES") return {};
  const consumed = await consumedBy(writes, store);
  for (const table of checkedTables) {
    const units = consumed.get(table) ?? { table: 0, indexes: new Map() };
    consumed.set(table, { ...units, table: units.table + 1 });
  }
  return {
    ConsumedCapacity: [...consumed].map(([table, { table: units, indexes }]) =>
      describe(table, { table: units * transactionFactor, indexes }, asked),
    ),
  };
}

function describe(
  TableName: string,
  { table, indexes }: { table: number; indexes: ReadonlyMap<string, number> },
  asked: unknown,
) {
  const inUnits = (CapacityUnits: number) => ({ CapacityUnits });
  const entries = [...indexes].map(([name, units]) => [name, inUnits(units)] as const);
  return {
    TableName,
    ...inUnits([...indexes.values()].reduce((sum, units) => sum + units, table)),
    ...(asked === "INDEXES" && {
      Table: inUnits(table),
      ...(entries.length > 0 && { GlobalSecondaryIndexes: Object.fromEntries(entries) }),
    }),
  };
}
