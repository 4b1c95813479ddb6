import { isDeepStrictEqual } from "node:util";
import { asItem, database, type Item, type Store, type Write } from "./engine.ts";

/** Units by table: what its items cost, and each of its indexes. */
type Consumed = Map<string, { table: number; indexes: Map<string, number> }>;

const bytesPerWriteUnit = 1024;
const bytesPerReadUnit = 4096;
/** DynamoDB goes to each item of a transaction twice, and bills both. */
const transactionFactor = 2;

/** A write is as large as the item before or after it, whichever is larger; what was not there is the smallest item. */
const writeUnits = (...items: (Item | undefined)[]) =>
  Math.max(1, ...items.map((item) => Math.ceil((item ? database.itemSize(item) : 0) / bytesPerWriteUnit)));

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

/** Completes an answer's ConsumedCapacity, if it was asked for: dynalite leaves the indexes out, and counts no UTF-8. To be called before the commit. */
export async function addIndexUnits(answer: Item, { writes, store, asked }: Writing): Promise<Item> {
  const reported = answer["ConsumedCapacity"];
  if (reported === undefined) return answer;
  const consumed = await consumedBy(writes, store);
  const complete = (capacity: unknown) => {
    const { TableName, CapacityUnits } = Object(capacity);
    return describe(TableName, consumed.get(TableName) ?? { table: CapacityUnits, indexes: new Map() }, { asked });
  };
  return { ...answer, ConsumedCapacity: Array.isArray(reported) ? reported.map(complete) : complete(reported) };
}

interface Writing {
  writes: readonly Write[];
  store: Store;
  /** The request's ReturnConsumedCapacity. */
  asked: unknown;
}

const isAsked = (asked: unknown) => asked === "TOTAL" || asked === "INDEXES";

/** The ConsumedCapacity of a transaction that read these items, or found nothing. */
export function transactionReadUnits(reads: readonly { table: string; item: Item | undefined }[], asked: unknown) {
  if (!isAsked(asked)) return {};
  const units = new Map<string, number>();
  for (const { table, item } of reads) {
    const read = Math.max(1, Math.ceil((item ? database.itemSize(item) : 0) / bytesPerReadUnit));
    units.set(table, (units.get(table) ?? 0) + read * transactionFactor);
  }
  return {
    ConsumedCapacity: [...units].map(([table, total]) =>
      describe(table, { table: total, indexes: new Map() }, { asked, direction: "ReadCapacityUnits" }),
    ),
  };
}

/** A transaction's ConsumedCapacity. Items that it only checked cost as if they were written. */
export async function transactionUnits({ writes, store, asked }: Writing, checkedTables: readonly string[]) {
  if (!isAsked(asked)) return {};
  const consumed = await consumedBy(writes, store);
  for (const table of checkedTables) {
    const units = consumed.get(table) ?? { table: 0, indexes: new Map() };
    consumed.set(table, { ...units, table: units.table + 1 });
  }
  return {
    ConsumedCapacity: [...consumed].map(([table, { table: units, indexes }]) =>
      describe(table, { table: units * transactionFactor, indexes }, { asked, direction: "WriteCapacityUnits" }),
    ),
  };
}

function describe(
  TableName: string,
  { table, indexes }: { table: number; indexes: ReadonlyMap<string, number> },
  { asked, direction }: { asked: unknown; direction?: "ReadCapacityUnits" | "WriteCapacityUnits" },
) {
  // Transactions alone tell whether the units are of reads or of writes.
  const inUnits = (CapacityUnits: number) => ({ CapacityUnits, ...(direction && { [direction]: CapacityUnits }) });
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
