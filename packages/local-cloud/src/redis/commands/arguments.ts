import type { Keyspace } from "../keyspace.ts";
import { notAnInteger, RedisError, type Reply, syntaxError } from "../reply.ts";

export interface Command {
  /** As Redis counts: with the command's name; negative is "at least". */
  arity: number;
  run(args: string[], keyspace: Keyspace): Reply;
}

export type Commands = Record<string, Command>;

const maxInteger = 2n ** 63n - 1n;
const minInteger = -(2n ** 63n);

/** A 64-bit integer, written as Redis writes one: no plus, no zeros before it, no spaces. */
export function bigIntegerOf(text: string): bigint {
  if (!/^(0|-?[1-9]\d{0,18})$/.test(text)) throw notAnInteger();
  return inRange(BigInt(text), notAnInteger);
}

export const integerOf = (text: string): number => Number(bigIntegerOf(text));

export function addIntegers(a: bigint, b: bigint): bigint {
  return inRange(a + b, () => new RedisError("ERR increment or decrement would overflow"));
}

function inRange(value: bigint, error: () => RedisError): bigint {
  if (value > maxInteger || value < minInteger) throw error();
  return value;
}

export function floatOf(text: string, message = "ERR value is not a valid float"): number {
  const infinity = /^([+-]?)inf(inity)?$/i.exec(text);
  if (infinity) return infinity[1] === "-" ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  if (!/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text)) throw new RedisError(message);
  return Number(text);
}

/** An argument that the command's arity, or its syntax so far, promises. */
export function argument(args: readonly string[], index: number): string {
  const value = args[index];
  if (value === undefined) throw syntaxError();
  return value;
}

export function pairsOf(args: readonly string[], command: string): [string, string][] {
  if (args.length === 0 || args.length % 2 !== 0) {
    throw new RedisError(`ERR wrong number of arguments for '${command}' command`);
  }
  return Array.from({ length: args.length / 2 }, (_, n) => [argument(args, 2 * n), argument(args, 2 * n + 1)]);
}

const expiryUnits: Record<string, { milliseconds: number; isTime: boolean }> = {
  EX: { milliseconds: 1_000, isTime: false },
  PX: { milliseconds: 1, isTime: false },
  EXAT: { milliseconds: 1_000, isTime: true },
  PXAT: { milliseconds: 1, isTime: true },
};

export const isExpiryUnit = (word: string): boolean => Object.hasOwn(expiryUnits, word);

/** The time, in epoch milliseconds, that `EX 10` and its like name. Throws where it is not after the beginning of time. */
export function expiryAt(unit: string, amount: string, { now, command }: { now: number; command: string }): number {
  const { milliseconds, isTime } = expiryUnits[unit] ?? { milliseconds: 1, isTime: false };
  const value = integerOf(amount);
  const at = value * milliseconds + (isTime ? 0 : now);
  if (value <= 0 || at > Number.MAX_SAFE_INTEGER)
    throw new RedisError(`ERR invalid expire time in '${command}' command`);
  return at;
}
