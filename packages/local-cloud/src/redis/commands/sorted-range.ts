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
  from: string;
  to: string;
  byScore: boolean;
  isReverse: boolean;
  withScores: boolean;
  limit: { offset: number; count: number } | undefined;
}

export function parseRange(command: string, [key = "", from = "", to = "", ...words]: string[]): Range {
  const range: Range = { key, from, to, byScore: false, isReverse: false, withScores: false, limit: undefined };
  for (let at = 0; at < words.length; at++) {
    const word = argument(words, at).toUpperCase();
    if (word === "BYSCORE") range.byScore = true;
    else if (word === "REV") range.isReverse = true;
    else if (word === "WITHSCORES") range.withScores = true;
    else if (word === "LIMIT") {
      range.limit = { offset: integerOf(argument(words, at + 1)), count: integerOf(argument(words, at + 2)) };
      at += 2;
    } else if (word === "BYLEX") throw new RedisError(`ERR ${command} BYLEX is not supported by this server`);
    else throw syntaxError();
  }
  if (range.limit && !range.byScore) {
    throw new RedisError("ERR syntax error, LIMIT is only supported in combination with either BYSCORE or BYLEX");
  }
  return range;
}

export function rangeOf(keyspace: Keyspace, range: Range): Reply {
  const members = selected(membersOf(keyspace, range.key), range);
  return range.withScores
    ? { kind: "pairs", pairs: members.map(([name, score]) => [name, double(score)]) }
    : members.map(([name]) => name);
}

function selected(members: Member[], { from, to, byScore, isReverse, limit }: Range): Member[] {
  const ordered = isReverse ? members.toReversed() : members;
  if (!byScore) {
    const place = (text: string) => (integerOf(text) < 0 ? members.length + integerOf(text) : integerOf(text));
    return ordered.slice(Math.max(place(from), 0), Math.max(place(to) + 1, 0));
  }
  const found = ordered.filter(isReverse ? inRange(to, from) : inRange(from, to));
  if (!limit) return found;
  if (limit.offset < 0) return [];
  return found.slice(limit.offset, limit.count < 0 ? undefined : limit.offset + limit.count);
}
