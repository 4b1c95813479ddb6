import type { Part, Store, Write } from "./engine.ts";

export interface UnitOfWork {
  /** Reads what is stored and what this unit wrote over it; keeps its writes to itself. */
  store: Store;
  writes(): Write[];
}

/**
 * dynalite writes an item and each of its index entries one after the other, so that a process killed in between is left with
 * an index that lies. Here an operation, or a whole transaction, writes into memory; the caller commits it as one LevelDB batch,
 * which is on disk entirely or not at all.
 */
export function openUnitOfWork(store: Store): UnitOfWork {
  const pending = new Map<string, Write>();

  const part = (name: string): Part => ({
    get(key, done) {
      const write = pending.get(`${name}~${key}`);
      if (write) return done(null, write.type === "put" ? write.value : undefined);
      store.db.get(`${name}~${key}`).then(
        (value) => done(null, value),
        (error: Error) => done(error, undefined),
      );
    },
    put(key, value, done) {
      pending.set(`${name}~${key}`, { type: "put", key: `${name}~${key}`, value });
      done(null);
    },
    del(key, done) {
      pending.set(`${name}~${key}`, { type: "del", key: `${name}~${key}` });
      done(null);
    },
    // Writers come one at a time, so there is nobody to lock out.
    lock: (_key, work) => work((done) => done),
  });

  return {
    store: {
      ...store,
      getItemDb: (name) => part(`item-${name}`),
      getIndexDb: (kind, table, index) => part(`index-${kind.toLowerCase()}~${table}~${index}`),
    },
    writes: () => [...pending.values()],
  };
}
