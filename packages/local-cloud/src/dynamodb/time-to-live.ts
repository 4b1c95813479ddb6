import { type Item, invalid, type Store, type Write } from "./engine.ts";

const fiveYearsSeconds = 5 * 365.25 * 86_400;

export interface TimeToLive {
  /** Reads which tables have one, and when each of their items expires. */
  load(): Promise<void>;
  attributeOf(table: string): string | undefined;
  /** `undefined` switches it off. */
  set(table: string, attribute: string | undefined): Promise<void>;
  /** Keeps up with what was written. */
  follow(writes: readonly Write[]): void;
  /** The items of each table, by their stored keys, that are past their time. */
  expired(nowSeconds: number): { table: string; storedKey: string }[];
}

/** Knows every item's expiry in memory, so that looking for expired ones every second costs next to nothing. */
export function createTimeToLive(store: Store): TimeToLive {
  const attributes = new Map<string, string>();
  const expiries = new Map<string, Map<string, number>>();

  const note = (table: string, storedKey: string, item: unknown) => {
    const attribute = attributes.get(table);
    if (attribute === undefined) return;
    const seconds = expiryOf(item, attribute);
    if (seconds === undefined) expiries.get(table)?.delete(storedKey);
    else expiries.get(table)?.set(storedKey, seconds);
  };

  async function index(table: string, attribute: string): Promise<void> {
    attributes.set(table, attribute);
    expiries.set(table, new Map());
    const prefix = `item-${table}~`;
    for await (const [key, item] of store.db.iterator({ gte: prefix, lt: `${prefix}\xff` })) {
      note(table, key.slice(prefix.length), item);
    }
  }

  return {
    async load() {
      for await (const [key, attribute] of store.db.iterator({ gte: "ttl~", lt: "ttl~\xff" })) {
        if (typeof attribute === "string") await index(key.slice("ttl~".length), attribute);
      }
    },
    attributeOf: (table) => attributes.get(table),
    async set(table, attribute) {
      const key = `ttl~${table}`;
      await store.db.batch([attribute === undefined ? { type: "del", key } : { type: "put", key, value: attribute }]);
      attributes.delete(table);
      expiries.delete(table);
      if (attribute !== undefined) await index(table, attribute);
    },
    follow(writes) {
      for (const write of writes) {
        const [, table, storedKey] = /^item-([^~]+)~(.*)$/s.exec(write.key) ?? [];
        if (table !== undefined && storedKey !== undefined) {
          note(table, storedKey, write.type === "put" ? write.value : undefined);
        }
      }
    },
    expired: (nowSeconds) =>
      [...expiries].flatMap(([table, times]) =>
        [...times]
          .filter(([, seconds]) => seconds <= nowSeconds && seconds > nowSeconds - fiveYearsSeconds)
          .map(([storedKey]) => ({ table, storedKey })),
      ),
  };
}

/** Only a number counts as a time; anything else never expires, as on AWS. */
export function expiryOf(item: unknown, attribute: string): number | undefined {
  const value =
    typeof item === "object" && item !== null
      ? Object.entries(item).find(([name]) => name === attribute)?.[1]
      : undefined;
  if (typeof value !== "object" || value === null || !("N" in value)) return undefined;
  const seconds = Number(value.N);
  return Number.isFinite(seconds) ? seconds : undefined;
}

export const timeToLiveTypes = {
  TableName: {
    type: "String",
    notNull: true,
    regex: "[a-zA-Z0-9_.-]+",
    lengthGreaterThanOrEqual: 3,
    lengthLessThanOrEqual: 255,
  },
  TimeToLiveSpecification: {
    type: "FieldStruct<TimeToLiveSpecification>",
    notNull: true,
    children: {
      Enabled: { type: "Boolean", notNull: true },
      AttributeName: { type: "String", notNull: true, lengthGreaterThanOrEqual: 1, lengthLessThanOrEqual: 255 },
    },
  },
};

/** Refuses the changes that AWS refuses; answers what the attribute becomes. */
export function changeTimeToLive(current: string | undefined, specification: Item): string | undefined {
  const attribute = String(specification["AttributeName"]);
  if (current !== undefined && current !== attribute) {
    throw invalid(`TimeToLive is active on a different AttributeName: current AttributeName is ${current}`);
  }
  const enable = specification["Enabled"] === true;
  if (enable === (current !== undefined)) throw invalid(`TimeToLive is already ${enable ? "enabled" : "disabled"}`);
  return enable ? attribute : undefined;
}
