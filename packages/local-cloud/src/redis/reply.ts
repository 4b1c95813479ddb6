/**
 * What a command answers. Strings hold one byte a character (latin1): keys and values are bytes to Redis, and this is how
 * JavaScript compares, hashes and slices them as such.
 */
export type Reply =
  | null
  | number
  | bigint
  | string
  | Reply[]
  | { readonly kind: "status"; readonly text: string }
  | { readonly kind: "error"; readonly text: string }
  | { readonly kind: "double"; readonly value: number }
  | { readonly kind: "map"; readonly entries: [Reply, Reply][] }
  /** In RESP2 a list that alternates, in RESP3 a list of pairs. */
  | { readonly kind: "pairs"; readonly pairs: [Reply, Reply][] }
  | { readonly kind: "push"; readonly items: Reply[] }
  | { readonly kind: "nullArray" };

export type Protocol = 2 | 3;

/** The text is Redis' own, code first: "WRONGTYPE Operation against…". */
export class RedisError extends Error {}

export const status = (text: string): Reply => ({ kind: "status", text });
export const ok = status("OK");
export const double = (value: number): Reply => ({ kind: "double", value });
export const map = (entries: [Reply, Reply][]): Reply => ({ kind: "map", entries });
export const push = (...items: Reply[]): Reply => ({ kind: "push", items });
export const nullArray: Reply = { kind: "nullArray" };

/** A command's failure is an answer like any other, to whoever called it. */
export function answer(work: () => Reply): Reply {
  try {
    return work();
  } catch (error) {
    if (error instanceof RedisError) return { kind: "error", text: error.message };
    throw error;
  }
}

export const wrongType = () => new RedisError("WRONGTYPE Operation against a key holding the wrong kind of value");
export const syntaxError = () => new RedisError("ERR syntax error");
export const notAnInteger = () => new RedisError("ERR value is not an integer or out of range");

/** As Redis prints a score since 7.2, and Valkey: the shortest text that reads back as the same number. */
function formatDouble(value: number): string {
  if (value === Number.POSITIVE_INFINITY) return "inf";
  if (value === Number.NEGATIVE_INFINITY) return "-inf";
  return String(value);
}

export function encodeReply(reply: Reply, protocol: Protocol): string {
  if (reply === null) return protocol === 3 ? "_\r\n" : "$-1\r\n";
  if (typeof reply === "string") return `$${reply.length}\r\n${reply}\r\n`;
  if (typeof reply === "number" || typeof reply === "bigint") return `:${reply}\r\n`;
  if (Array.isArray(reply)) return encodeAll("*", reply, protocol);
  switch (reply.kind) {
    case "status":
      return `+${reply.text}\r\n`;
    case "error":
      return `-${reply.text.replaceAll(/[\r\n]/g, " ")}\r\n`;
    case "double": {
      const text = formatDouble(reply.value);
      return protocol === 3 ? `,${text}\r\n` : `$${text.length}\r\n${text}\r\n`;
    }
    case "map": {
      const items = reply.entries.flat();
      return protocol === 3
        ? `%${reply.entries.length}\r\n${items.map((item) => encodeReply(item, 3)).join("")}`
        : encodeAll("*", items, 2);
    }
    case "pairs":
      return encodeAll("*", protocol === 3 ? reply.pairs : reply.pairs.flat(), protocol);
    case "push":
      return encodeAll(protocol === 3 ? ">" : "*", reply.items, protocol);
    case "nullArray":
      return protocol === 3 ? "_\r\n" : "*-1\r\n";
    default:
      return reply satisfies never;
  }
}

const encodeAll = (sign: string, items: Reply[], protocol: Protocol): string =>
  `${sign}${items.length}\r\n${items.map((item) => encodeReply(item, protocol)).join("")}`;
