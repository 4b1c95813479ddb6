import type { Keyspace } from "../keyspace.ts";
import { map, ok, RedisError, type Reply } from "../reply.ts";
import { addIntegers, bigIntegerOf, type Commands, pairsOf } from "./arguments.ts";

const fieldsOf = (keyspace: Keyspace, key: string): Map<string, string> => keyspace.hashAt(key)?.fields ?? new Map();

/** The hash to write to: made, if need be, by the first field. */
function change<T>(keyspace: Keyspace, key: string, work: (fields: Map<string, string>) => T): T {
  const fields = fieldsOf(keyspace, key);
  const result = work(fields);
  if (fields.size === 0) keyspace.remove(key);
  else keyspace.set(key, { type: "hash", fields }, keyspace.expiryOf(key));
  return result;
}

function set(command: string, [key = "", ...args]: string[], keyspace: Keyspace): number {
  const pairs = pairsOf(args, command);
  return change(keyspace, key, (fields) => {
    const before = fields.size;
    for (const [field, text] of pairs) fields.set(field, text);
    return fields.size - before;
  });
}

function hashInteger(text: string): bigint {
  try {
    return bigIntegerOf(text);
  } catch {
    throw new RedisError("ERR hash value is not an integer");
  }
}

export const hashCommands: Commands = {
  hset: { arity: -4, run: (args, keyspace) => set("hset", args, keyspace) },
  hmset: {
    arity: -4,
    run(args, keyspace) {
      set("hmset", args, keyspace);
      return ok;
    },
  },
  hsetnx: {
    arity: 4,
    run([key = "", field = "", text = ""], keyspace) {
      if (fieldsOf(keyspace, key).has(field)) return 0;
      return set("hsetnx", [key, field, text], keyspace);
    },
  },
  hget: { arity: 3, run: ([key = "", field = ""], keyspace) => fieldsOf(keyspace, key).get(field) ?? null },
  hmget: {
    arity: -3,
    run([key = "", ...wanted], keyspace) {
      const fields = fieldsOf(keyspace, key);
      return wanted.map((field) => fields.get(field) ?? null);
    },
  },
  hgetall: { arity: 2, run: ([key = ""], keyspace): Reply => map([...fieldsOf(keyspace, key)]) },
  hkeys: { arity: 2, run: ([key = ""], keyspace) => [...fieldsOf(keyspace, key).keys()] },
  hvals: { arity: 2, run: ([key = ""], keyspace) => [...fieldsOf(keyspace, key).values()] },
  hlen: { arity: 2, run: ([key = ""], keyspace) => fieldsOf(keyspace, key).size },
  hexists: { arity: 3, run: ([key = "", field = ""], keyspace) => (fieldsOf(keyspace, key).has(field) ? 1 : 0) },
  hdel: {
    arity: -3,
    run([key = "", ...names], keyspace) {
      const present = new Set(names).intersection(fieldsOf(keyspace, key));
      if (present.size === 0) return 0;
      return change(keyspace, key, (fields) => {
        for (const name of present) fields.delete(name);
        return present.size;
      });
    },
  },
  hincrby: {
    arity: 4,
    run([key = "", field = "", amount = ""], keyspace) {
      const by = bigIntegerOf(amount);
      const sum = addIntegers(hashInteger(fieldsOf(keyspace, key).get(field) ?? "0"), by);
      set("hincrby", [key, field, String(sum)], keyspace);
      return sum;
    },
  },
};
