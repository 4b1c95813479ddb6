import { wrongType } from "./reply.ts";

interface SortedSet {
  type: "zset";
  scores: Map<string, number>;
  /** By score, then by bytes; made when asked for, dropped on every change. */
  sorted: [string, number][] | undefined;
}

export type Value = { type: "string"; text: string } | { type: "hash"; fields: Map<string, string> } | SortedSet;

interface Entry {
  value: Value;
  /** Epoch milliseconds. */
  expiresAt: number | undefined;
  /** Grows with every new key, so that a SCAN can go on where it was whatever came and went. */
  order: number;
}

/** A client's WATCH: one of its keys has changed, or none. */
export interface Watch {
  touched: boolean;
}

export type Keyspace = ReturnType<typeof createKeyspace>;

/** One numbered database: keys, their values and when they expire. */
export function createKeyspace(now: () => number) {
  const entries = new Map<string, Entry>();
  const watches = new Map<string, Set<Watch>>();
  let lastOrder = 0;

  function touch(key: string): void {
    for (const watch of watches.get(key) ?? []) watch.touched = true;
  }

  function remove(key: string): boolean {
    if (!entries.delete(key)) return false;
    touch(key);
    return true;
  }

  /** The living entry: one whose time has come is as gone as if it had never been. */
  function find(key: string): Entry | undefined {
    const entry = entries.get(key);
    if (entry?.expiresAt === undefined || entry.expiresAt > now()) return entry;
    remove(key);
    return undefined;
  }

  function set(key: string, value: Value, expiresAt?: number): void {
    const order = find(key)?.order ?? ++lastOrder;
    entries.set(key, { value, expiresAt, order });
    touch(key);
  }

  function typed<T extends Value["type"]>(key: string, type: T): Extract<Value, { type: T }> | undefined {
    const value = find(key)?.value;
    if (value === undefined) return undefined;
    if (!isOf(value, type)) throw wrongType();
    return value;
  }

  return {
    now,
    set,
    remove,
    touch,
    has: (key: string) => find(key) !== undefined,
    valueOf: (key: string) => find(key)?.value,
    stringAt: (key: string) => typed(key, "string")?.text,
    hashAt: (key: string) => typed(key, "hash"),
    sortedSetAt: (key: string) => typed(key, "zset"),

    expiryOf: (key: string) => find(key)?.expiresAt,
    setExpiry(key: string, expiresAt: number | undefined): void {
      const entry = find(key);
      if (!entry) return;
      if (expiresAt !== undefined && expiresAt <= now()) remove(key);
      else {
        entry.expiresAt = expiresAt;
        touch(key);
      }
    },

    /** Every living key, in the order in which they came to be, after a place in that order. */
    *keys(after = 0): Generator<[key: string, order: number]> {
      for (const [key, { order }] of entries) if (order > after && find(key)) yield [key, order];
    },
    clear(): void {
      for (const key of [...entries.keys()]) remove(key);
    },
    removeExpired(): void {
      for (const [key, { expiresAt }] of entries) if (expiresAt !== undefined) find(key);
    },

    watch(key: string, watch: Watch): void {
      find(key);
      const watching = watches.get(key) ?? new Set();
      watches.set(key, watching.add(watch));
    },
    unwatch(key: string, watch: Watch): void {
      find(key); // If it expired meanwhile, that counts as a change.
      const watching = watches.get(key);
      watching?.delete(watch);
      if (watching?.size === 0) watches.delete(key);
    },
  };
}

const isOf = <T extends Value["type"]>(value: Value, type: T): value is Extract<Value, { type: T }> =>
  value.type === type;
