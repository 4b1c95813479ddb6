import type { Keyspace } from "../keyspace.ts";
import { ok, RedisError, type Reply, syntaxError } from "../reply.ts";
import { addIntegers, argument, bigIntegerOf, type Commands, expiryAt, isExpiryUnit, pairsOf } from "./arguments.ts";

const put = (keyspace: Keyspace, key: string, text: string, expiresAt?: number) =>
  keyspace.set(key, { type: "string", text }, expiresAt);

function add(keyspace: Keyspace, key: string, amount: bigint): Reply {
  const sum = addIntegers(bigIntegerOf(keyspace.stringAt(key) ?? "0"), amount);
  put(keyspace, key, String(sum), keyspace.expiryOf(key));
  return sum;
}

interface SetOptions {
  onlyIf: "NX" | "XX" | undefined;
  answerOld: boolean;
  expiry: { unit: string; amount: string } | "keep" | undefined;
}

function parseSetOptions(words: string[]): SetOptions {
  const options: SetOptions = { onlyIf: undefined, answerOld: false, expiry: undefined };
  for (let at = 0; at < words.length; at++) {
    const word = argument(words, at).toUpperCase();
    if ((word === "NX" || word === "XX") && (options.onlyIf ?? word) === word) options.onlyIf = word;
    else if (word === "GET") options.answerOld = true;
    else if (word === "KEEPTTL" && (options.expiry ?? "keep") === "keep") options.expiry = "keep";
    else if (isExpiryUnit(word) && !options.expiry) options.expiry = { unit: word, amount: argument(words, ++at) };
    else throw syntaxError();
  }
  return options;
}

function set([key = "", text = "", ...words]: string[], keyspace: Keyspace): Reply {
  const { onlyIf, answerOld, expiry } = parseSetOptions(words);
  const expiresAt =
    typeof expiry === "object"
      ? expiryAt(expiry.unit, expiry.amount, { now: keyspace.now(), command: "set" })
      : expiry && keyspace.expiryOf(key);
  const old = answerOld ? (keyspace.stringAt(key) ?? null) : null;
  if (onlyIf && keyspace.has(key) !== (onlyIf === "XX")) return old;
  put(keyspace, key, text);
  keyspace.setExpiry(key, expiresAt);
  return answerOld ? old : ok;
}

function getAndExpire([key = "", ...words]: string[], keyspace: Keyspace): Reply {
  const unit = words[0]?.toUpperCase();
  const takesOff = unit === "PERSIST" && words.length === 1;
  if (unit !== undefined && !takesOff && (!isExpiryUnit(unit) || words.length !== 2)) throw syntaxError();
  const at =
    unit !== undefined && !takesOff
      ? expiryAt(unit, argument(words, 1), { now: keyspace.now(), command: "getex" })
      : undefined;
  const text = keyspace.stringAt(key) ?? null;
  if (unit !== undefined) keyspace.setExpiry(key, at);
  return text;
}

const setWithExpiry = (command: string, unit: string) => ({
  arity: 4,
  run([key = "", amount = "", text = ""]: string[], keyspace: Keyspace) {
    put(keyspace, key, text, expiryAt(unit, amount, { now: keyspace.now(), command }));
    return ok;
  },
});

export const stringCommands: Commands = {
  get: { arity: 2, run: ([key = ""], keyspace) => keyspace.stringAt(key) ?? null },
  set: { arity: -3, run: set },
  setnx: { arity: 3, run: ([key = "", text = ""], keyspace) => (set([key, text, "NX"], keyspace) === null ? 0 : 1) },
  setex: setWithExpiry("setex", "EX"),
  psetex: setWithExpiry("psetex", "PX"),
  getex: { arity: -2, run: getAndExpire },
  getset: { arity: 3, run: ([key = "", text = ""], keyspace) => set([key, text, "GET"], keyspace) },
  getdel: {
    arity: 2,
    run([key = ""], keyspace) {
      const text = keyspace.stringAt(key) ?? null;
      keyspace.remove(key);
      return text;
    },
  },
  mget: {
    arity: -2,
    run: (keys, keyspace) =>
      keys.map((key) => {
        const value = keyspace.valueOf(key);
        return value?.type === "string" ? value.text : null;
      }),
  },
  mset: {
    arity: -3,
    run(args, keyspace) {
      for (const [key, text] of pairsOf(args, "mset")) put(keyspace, key, text);
      return ok;
    },
  },
  strlen: { arity: 2, run: ([key = ""], keyspace) => keyspace.stringAt(key)?.length ?? 0 },
  append: {
    arity: 3,
    run([key = "", more = ""], keyspace) {
      const text = (keyspace.stringAt(key) ?? "") + more;
      put(keyspace, key, text, keyspace.expiryOf(key));
      return text.length;
    },
  },
  incr: { arity: 2, run: ([key = ""], keyspace) => add(keyspace, key, 1n) },
  decr: { arity: 2, run: ([key = ""], keyspace) => add(keyspace, key, -1n) },
  incrby: { arity: 3, run: ([key = "", amount = ""], keyspace) => add(keyspace, key, bigIntegerOf(amount)) },
  decrby: {
    arity: 3,
    run([key = "", amount = ""], keyspace) {
      const by = bigIntegerOf(amount);
      // Its negation is no integer of 64 bits any more.
      if (by === -(2n ** 63n)) throw new RedisError("ERR decrement would overflow");
      return add(keyspace, key, -by);
    },
  },
};
