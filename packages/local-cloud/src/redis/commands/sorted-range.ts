import type { Keyspace } from "../keyspace.ts";
import { double, RedisError, type Reply, syntaxError } from "../reply.ts";
import { argument, floatOf, integerOf } from "./arguments.ts";

export type Member = [name: string, score: number];

/** By score; those of one score by their bytes. */
export function membersOf(keyspace: Keyspace, key: string): Member[] {
  const set = keyspace.sortedSetAt(key);
  if (!set) return [];
  set.sorted ??= [...set.scores].sort(([a, scoreA], [b, scoreB]) => scoreA - scoreB || (a < b ? -1 : 1));
  return set.sorted;
}

/** Scores from `min` to `max`; "(" before one leaves it out. */
export function inRange(min: string, max: string): (member: Member) => boolean {
  const [from, to] = [parseBound(min), parseBound(max)];
  return ([, score]) =>
    (from.isOpen ? score > from.score : score >= from.score) && (to.isOpen ? score < to.score : score <= to.score);
}

function parseBound(text: string): { score: number; isOpen: boolean } {
  const isOpen = text.startsWith("(");
  return { isOpen, score: floatOf(isOpen ? text.slice(1) : text, "ERR min or max is not a float") };
}

interface Range {
  key: string;
  withScores: boolean;
  select(members: Member[]): Member[];
}

interface Bounds {
  from: string;
  to: string;
  isReverse: boolean;
}

/** Throws on bounds that are none before anybody looks at the key, as Redis does. */
export function parseRange(command: string, [key = "", from = "", to = "", ...words]: string[]): Range {
  const flags = new Set<string>();
  let limit: { offset: number; count: number } | undefined;
  for (let at = 0; at < words.length; at++) {
    const word = argument(words, at).toUpperCase();
    if (word === "BYSCORE" || word === "REV" || word === "WITHSCORES") flags.add(word);
    else if (word === "LIMIT") {
      limit = { offset: integerOf(argument(words, at + 1)), count: integerOf(argument(words, at + 2)) };
      at += 2;
    } else if (word === "BYLEX") throw new RedisError(`ERR ${command} BYLEX is not supported by this server`);
    else throw syntaxError();
  }
  if (limit && !flags.has("BYSCORE")) {
    throw new RedisError("ERR syntax error, LIMIT is only supported in combination with either BYSCORE or BYLEX");
  }
  const bounds = { from, to, isReverse: flags.has("REV") };
  const select = flags.has("BYSCORE") ? selectByScore(bounds, limit) : selectByRank(bounds);
  return { key, withScores: flags.has("WITHSCORES"), select };
}

export function rangeOf(keyspace: Keyspace, { key, withScores, select }: Range): Reply {
  const members = select(membersOf(keyspace, key));
  if (!withScores) return members.map(([name]) => name);
  return { kind: "pairs", pairs: members.map(([name, score]) => [name, double(score)]) };
}

/** From one place to another, both included; negative places count from the end. */
export function selectByRank({ from, to, isReverse }: Bounds): Range["select"] {
  const [first, last] = [integerOf(from), integerOf(to)];
  return (members) => {
    const place = (rank: number) => (rank < 0 ? members.length + rank : rank);
    const ordered = isReverse ? members.toReversed() : members;
    return ordered.slice(Math.max(place(first), 0), Math.max(place(last) + 1, 0));
  };
}

function selectByScore({ from, to, isReverse }: Bounds, limit?: { offset: number; count: number }): Range["select"] {
  const within = isReverse ? inRange(to, from) : inRange(from, to);
  return (members) => {
    const found = (isReverse ? members.toReversed() : members).filter(within);
    if (!limit) return found;
    if (limit.offset < 0) return [];
    return found.slice(limit.offset, limit.count < 0 ? undefined : limit.offset + limit.count);
  };
}
