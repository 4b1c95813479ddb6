import type { Keyspace } from "../keyspace.ts";
import { double, RedisError, type Reply, syntaxError } from "../reply.ts";
import { type Commands, floatOf, pairsOf } from "./arguments.ts";
import { inRange, type Member, membersOf, parseRange, rangeOf, selectByRank } from "./sorted-range.ts";

function change<T>(keyspace: Keyspace, key: string, work: (scores: Map<string, number>) => T): T {
  const scores = keyspace.sortedSetAt(key)?.scores ?? new Map<string, number>();
  const result = work(scores);
  if (scores.size === 0) keyspace.remove(key);
  else keyspace.set(key, { type: "zset", scores, sorted: undefined }, keyspace.expiryOf(key));
  return result;
}

const addFlags = ["NX", "XX", "GT", "LT", "CH", "INCR"];

function add([key = "", ...words]: string[], keyspace: Keyspace): Reply {
  const flagCount = words.findIndex((word) => !addFlags.includes(word.toUpperCase()));
  const flags = new Set(words.slice(0, Math.max(flagCount, 0)).map((word) => word.toUpperCase()));
  const rest = words.slice(Math.max(flagCount, 0));
  if (rest.length === 0 || rest.length % 2 !== 0) throw syntaxError();
  if (flags.has("NX") && flags.has("XX")) {
    throw new RedisError("ERR XX and NX options at the same time are not compatible");
  }
  if ((flags.has("GT") && flags.has("LT")) || (flags.has("NX") && (flags.has("GT") || flags.has("LT")))) {
    throw new RedisError("ERR GT, LT, and/or NX options at the same time are not compatible");
  }
  if (flags.has("INCR") && rest.length > 2) {
    throw new RedisError("ERR INCR option supports a single increment-element pair");
  }
  const members = pairsOf(rest, "zadd").map(([score, member]) => ({ member, score: floatOf(score) }));

  let added = 0;
  let changed = 0;
  let latest: number | undefined;
  change(keyspace, key, (scores) => {
    for (const { member, score } of members) {
      const old = scores.get(member);
      const wanted = (flags.has("INCR") ? (old ?? 0) + score : score) + 0; // There is no -0.
      if (Number.isNaN(wanted)) throw new RedisError("ERR resulting score is not a number (NaN)");
      latest = undefined;
      if (old === undefined ? flags.has("XX") : flags.has("NX")) continue;
      if (old !== undefined && ((flags.has("GT") && wanted <= old) || (flags.has("LT") && wanted >= old))) continue;
      latest = wanted;
      if (old === undefined) added += 1;
      else if (old !== wanted) changed += 1;
      scores.set(member, wanted);
    }
  });
  if (flags.has("INCR")) return latest === undefined ? null : double(latest);
  return flags.has("CH") ? added + changed : added;
}

/** Takes away these members; says how many. */
function removeMembers(keyspace: Keyspace, key: string, gone: Member[]): number {
  if (gone.length > 0) {
    change(keyspace, key, (scores) => {
      for (const [member] of gone) scores.delete(member);
    });
  }
  return gone.length;
}

function rank([key = "", member = ""]: string[], keyspace: Keyspace, isReverse: boolean): number | null {
  const members = membersOf(keyspace, key);
  const at = members.findIndex(([name]) => name === member);
  if (at < 0) return null;
  return isReverse ? members.length - 1 - at : at;
}

/** The commands that came before ZRANGE could do all, as the ZRANGE that they are. */
const legacyRange = (command: string, ...options: string[]) => ({
  arity: -4,
  run([key = "", from = "", to = "", ...words]: string[], keyspace: Keyspace) {
    // These take LIMIT and WITHSCORES, but nothing that would make them another command.
    if (words.some((word) => /^(BYSCORE|BYLEX|REV)$/i.test(word))) throw syntaxError();
    return rangeOf(keyspace, parseRange(command, [key, from, to, ...options, ...words]));
  },
});

export const sortedSetCommands: Commands = {
  zadd: { arity: -4, run: add },
  zincrby: {
    arity: 4,
    run: ([key = "", amount = "", member = ""], keyspace) => add([key, "INCR", amount, member], keyspace),
  },
  zcard: { arity: 2, run: ([key = ""], keyspace) => membersOf(keyspace, key).length },
  zscore: {
    arity: 3,
    run([key = "", member = ""], keyspace) {
      const score = keyspace.sortedSetAt(key)?.scores.get(member);
      return score === undefined ? null : double(score);
    },
  },
  zrank: { arity: 3, run: (args, keyspace) => rank(args, keyspace, false) },
  zrevrank: { arity: 3, run: (args, keyspace) => rank(args, keyspace, true) },
  zcount: {
    arity: 4,
    run([key = "", min = "", max = ""], keyspace) {
      const within = inRange(min, max);
      return membersOf(keyspace, key).filter(within).length;
    },
  },
  zrange: { arity: -4, run: (args, keyspace) => rangeOf(keyspace, parseRange("zrange", args)) },
  zrevrange: legacyRange("zrevrange", "REV"),
  zrangebyscore: legacyRange("zrangebyscore", "BYSCORE"),
  zrevrangebyscore: legacyRange("zrevrangebyscore", "BYSCORE", "REV"),
  zrem: {
    arity: -3,
    run([key = "", ...names], keyspace) {
      const wanted = new Set(names);
      return removeMembers(
        keyspace,
        key,
        membersOf(keyspace, key).filter(([member]) => wanted.has(member)),
      );
    },
  },
  zremrangebyscore: {
    arity: 4,
    run([key = "", min = "", max = ""], keyspace) {
      const within = inRange(min, max);
      return removeMembers(keyspace, key, membersOf(keyspace, key).filter(within));
    },
  },
  zremrangebyrank: {
    arity: 4,
    run([key = "", from = "", to = ""], keyspace) {
      const select = selectByRank({ from, to, isReverse: false });
      return removeMembers(keyspace, key, select(membersOf(keyspace, key)));
    },
  },
};
