import type { Keyspace } from "../keyspace.ts";
import { ok, RedisError, type Reply, status, syntaxError } from "../reply.ts";
import { argument, type Command, type Commands, integerOf } from "./arguments.ts";
import { globToRegExp } from "./glob.ts";

const count = (keys: string[], matches: (key: string) => boolean): number => keys.filter(matches).length;

/** EXPIRE and its three siblings, which differ in their unit and in what they count from. */
const expire = (command: string, { milliseconds, isTime }: { milliseconds: number; isTime: boolean }): Command => ({
  arity: -3,
  run([key = "", amount = "", ...words], keyspace) {
    const allows = parseExpireCondition(words);
    const at = integerOf(amount) * milliseconds + (isTime ? 0 : keyspace.now());
    if (Math.abs(at) > Number.MAX_SAFE_INTEGER) throw new RedisError(`ERR invalid expire time in '${command}' command`);
    if (!keyspace.has(key) || !allows(keyspace.expiryOf(key), at)) return 0;
    keyspace.setExpiry(key, at);
    return 1;
  },
});

type Condition = (current: number | undefined, wanted: number) => boolean;

/** A key without an expiry counts as one that lives for ever. */
const conditions = new Map<string, Condition>([
  ["NX", (current) => current === undefined],
  ["XX", (current) => current !== undefined],
  ["GT", (current, wanted) => current !== undefined && wanted > current],
  ["LT", (current, wanted) => current === undefined || wanted < current],
]);

function parseExpireCondition(words: string[]): Condition {
  const names = new Set(words.map((word) => word.toUpperCase()));
  const chosen = [...names].map((name) => {
    const condition = conditions.get(name);
    if (!condition) throw new RedisError(`ERR Unsupported option ${name.toLowerCase()}`);
    return condition;
  });
  if (names.has("NX") && names.size > 1) {
    throw new RedisError("ERR NX and XX, GT or LT options at the same time are not compatible");
  }
  if (names.has("GT") && names.has("LT")) {
    throw new RedisError("ERR GT and LT options at the same time are not compatible");
  }
  return (current, wanted) => chosen.every((condition) => condition(current, wanted));
}

function remainingMs(key: string, keyspace: Keyspace): number {
  if (!keyspace.has(key)) return -2;
  const expiresAt = keyspace.expiryOf(key);
  return expiresAt === undefined ? -1 : Math.max(expiresAt - keyspace.now(), 0);
}

/** The cursor is the place, in the order in which keys came to be, of the last key looked at. */
function scan([cursor = "", ...words]: string[], keyspace: Keyspace): Reply {
  if (!/^\d{1,15}$/.test(cursor)) throw new RedisError("ERR invalid cursor");
  let pattern = /^/;
  let atMost = 10;
  let type: string | undefined;
  for (let at = 0; at < words.length; at += 2) {
    const value = argument(words, at + 1);
    const word = argument(words, at).toUpperCase();
    if (word === "MATCH") pattern = globToRegExp(value);
    else if (word === "COUNT") atMost = integerOf(value);
    else if (word === "TYPE") type = value.toLowerCase();
    else throw syntaxError();
  }
  if (atMost < 1) throw syntaxError();
  const found: string[] = [];
  let looked = 0;
  let last = 0;
  for (const [key, order] of keyspace.keys(Number(cursor))) {
    if (looked === atMost) return [String(last), found];
    looked += 1;
    last = order;
    if (pattern.test(key) && (type === undefined || keyspace.valueOf(key)?.type === type)) found.push(key);
  }
  return ["0", found];
}

const remove: Command = {
  arity: -2,
  run: (keys, keyspace) => count(keys, (key) => keyspace.has(key) && keyspace.remove(key)),
};

export const keyCommands: Commands = {
  del: remove,
  unlink: remove,
  exists: { arity: -2, run: (keys, keyspace) => count(keys, keyspace.has) },
  type: { arity: 2, run: ([key = ""], keyspace) => status(keyspace.valueOf(key)?.type ?? "none") },
  rename: {
    arity: 3,
    run([from = "", to = ""], keyspace) {
      const value = keyspace.valueOf(from);
      if (!value) throw new RedisError("ERR no such key");
      const expiresAt = keyspace.expiryOf(from);
      keyspace.remove(from);
      keyspace.set(to, value, expiresAt);
      return ok;
    },
  },
  expire: expire("expire", { milliseconds: 1_000, isTime: false }),
  pexpire: expire("pexpire", { milliseconds: 1, isTime: false }),
  expireat: expire("expireat", { milliseconds: 1_000, isTime: true }),
  pexpireat: expire("pexpireat", { milliseconds: 1, isTime: true }),
  pttl: { arity: 2, run: ([key = ""], keyspace) => remainingMs(key, keyspace) },
  ttl: {
    arity: 2,
    run([key = ""], keyspace) {
      const ms = remainingMs(key, keyspace);
      return ms < 0 ? ms : Math.round(ms / 1_000);
    },
  },
  persist: {
    arity: 2,
    run([key = ""], keyspace) {
      if (keyspace.expiryOf(key) === undefined) return 0;
      keyspace.setExpiry(key, undefined);
      return 1;
    },
  },
  keys: {
    arity: 2,
    run([pattern = ""], keyspace) {
      const wanted = globToRegExp(pattern);
      return Array.from(keyspace.keys(), ([key]) => key).filter((key) => wanted.test(key));
    },
  },
  scan: { arity: -2, run: scan },
  dbsize: { arity: 1, run: (_, keyspace) => Array.from(keyspace.keys()).length },
};
