import { RedisError, type Reply } from "./reply.ts";

const maxBulkBytes = 512 * 1024 * 1024;
const maxArguments = 1024 * 1024;
const maxLineBytes = 64 * 1024;

/** Takes what a client sends, in whatever pieces it comes; gives whole commands. Throws on what is not RESP. */
export function createCommandReader(): (chunk: Buffer) => string[][] {
  let pending: Buffer = Buffer.alloc(0);
  return (chunk) => {
    pending = pending.length === 0 ? chunk : Buffer.concat([pending, chunk]);
    const commands: string[][] = [];
    let at = 0;
    for (;;) {
      const command = readCommand(pending, at);
      if (!command) break;
      if (command.words.length > 0) commands.push(command.words);
      at = command.end;
    }
    pending = pending.subarray(at);
    return commands;
  };
}

interface Read {
  words: string[];
  end: number;
}

function readCommand(bytes: Buffer, start: number): Read | undefined {
  const head = readLine(bytes, start);
  if (!head) return undefined;
  if (!head.text.startsWith("*")) {
    // "Inline": what a person types into netcat.
    return { words: head.text.split(/\s+/).filter((word) => word !== ""), end: head.end };
  }
  const count = parseCount("multibulk", head.text.slice(1), maxArguments);
  const words: string[] = [];
  let at = head.end;
  for (let n = 0; n < count; n++) {
    const length = readLine(bytes, at);
    if (!length) return undefined;
    if (!length.text.startsWith("$")) {
      throw new RedisError(`ERR Protocol error: expected '$', got '${length.text.charAt(0)}'`);
    }
    const end = length.end + parseCount("bulk", length.text.slice(1), maxBulkBytes);
    if (bytes.length < end + 2) return undefined;
    words.push(bytes.toString("latin1", length.end, end));
    at = end + 2;
  }
  return { words, end: at };
}

function parseCount(what: string, text: string, max: number): number {
  const count = Number(text);
  if (!/^-?\d+$/.test(text) || count > max || (what === "bulk" && count < 0)) {
    throw new RedisError(`ERR Protocol error: invalid ${what} length`);
  }
  return Math.max(count, 0);
}

function readLine(bytes: Buffer, start: number): { text: string; end: number } | undefined {
  const end = bytes.indexOf("\n", start);
  if (end < 0) {
    if (bytes.length - start > maxLineBytes) throw new RedisError("ERR Protocol error: too big inline request");
    return undefined;
  }
  const text = bytes.toString("latin1", start, end);
  return { text: text.endsWith("\r") ? text.slice(0, -1) : text, end: end + 1 };
}

/** One whole RESP2 reply from `start`, or nothing if more is to come. */
export function readReply(text: string, start = 0): { reply: Reply; end: number } | undefined {
  const stop = text.indexOf("\r\n", start);
  if (stop < 0) return undefined;
  const head = text.slice(start + 1, stop);
  let at = stop + 2;
  switch (text.charAt(start)) {
    case "+":
      return { reply: { kind: "status", text: head }, end: at };
    case "-":
      return { reply: { kind: "error", text: head }, end: at };
    case ":":
      return { reply: BigInt(head), end: at };
    case "$": {
      if (head === "-1") return { reply: null, end: at };
      const end = at + Number(head);
      return text.length < end + 2 ? undefined : { reply: text.slice(at, end), end: end + 2 };
    }
    case "*": {
      if (head === "-1") return { reply: null, end: at };
      const items: Reply[] = [];
      for (let n = 0; n < Number(head); n++) {
        const item = readReply(text, at);
        if (!item) return undefined;
        items.push(item.reply);
        at = item.end;
      }
      return { reply: items, end: at };
    }
    default:
      throw new RedisError(`ERR Protocol error: got '${text.charAt(start)}' as reply type byte`);
  }
}
