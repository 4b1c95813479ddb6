import { once } from "node:events";
import { connect as connectTcp, isIP, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import { encodeReply, RedisError, type Reply } from "./reply.ts";
import { readReply } from "./resp.ts";

export interface Redis {
  /** With the password in it, if there is one: not for logs. */
  url: string;
  host: string;
  port: number;
  username: string;
  password: string;
  /** Whether it is spoken to by TLS. */
  tls: boolean;
  /** Such as "redis 7.0.15" or "embedded". */
  version: string;
  stop(): Promise<void>;
}

const timeoutMs = 5_000;

/** Checks the Redis that `REDIS_URL` names. Whatever is wrong is said in one line, with the remedy, without the password. */
export async function connectRedis(redisUrl: string): Promise<Redis> {
  const parts = parseRedisUrl(redisUrl);
  const { host, port, username, password, tls } = parts;
  const at = `${host}:${port}`;
  const credentials = username === "" ? [password] : [username, password];
  try {
    const answers = await ask({ host, port, tls }, [
      ...(password === "" ? [] : [["AUTH", ...credentials]]),
      ["INFO", "server"],
    ]);
    for (const reply of answers) {
      if (typeof reply === "object" && reply && "kind" in reply && reply.kind === "error")
        throw new RedisError(reply.text);
    }
    const info = String(answers.at(-1));
    const version = /^(?:valkey_version):(\S+)/m.exec(info)?.[1];
    const name = version ? `valkey ${version}` : `redis ${/^redis_version:(\S+)/m.exec(info)?.[1] ?? "unknown"}`;
    return { url: redisUrl, ...parts, version: name, stop: async () => undefined };
  } catch (cause) {
    throw new Error(explain(cause, at, host), { cause });
  }
}

function parseRedisUrl(redisUrl: string) {
  const wanted = "it must look like redis://host:6379 or rediss://user:password@host:6379";
  const url = URL.parse(redisUrl);
  if (!url) throw new Error(`REDIS_URL is not a URL: ${wanted}.`);
  if (url.protocol !== "redis:" && url.protocol !== "rediss:") {
    throw new Error(`REDIS_URL begins with "${url.protocol}//": ${wanted}.`);
  }
  if (url.hostname === "") throw new Error(`REDIS_URL names no host: ${wanted}.`);
  return {
    tls: url.protocol === "rediss:",
    host: url.hostname.replace(/^\[(.*)\]$/, "$1"),
    port: url.port === "" ? 6379 : Number(url.port),
    username: decodeURIComponent(url.username),
    password: decodeURIComponent(url.password),
  };
}

async function ask(to: { host: string; port: number; tls: boolean }, commands: string[][]): Promise<Reply[]> {
  const { host, port } = to;
  const socket: Socket = to.tls
    ? connectTls({ host, port, ...(isIP(host) === 0 && { servername: host }) })
    : connectTcp({ host, port });
  try {
    const signal = AbortSignal.timeout(timeoutMs);
    await once(socket, to.tls ? "secureConnect" : "connect", { signal });
    // Text is bytes to Redis; passwords are UTF-8.
    const asBytes = commands.map((words) => words.map((word) => Buffer.from(word).toString("latin1")));
    socket.write(asBytes.map((words) => encodeReply(words, 2)).join(""), "latin1");
    return await readReplies(socket, commands.length, signal);
  } finally {
    socket.destroy();
  }
}

async function readReplies(socket: Socket, count: number, signal: AbortSignal): Promise<Reply[]> {
  const replies: Reply[] = [];
  let text = "";
  socket.once("end", () => socket.destroy(new Error("it closed the connection")));
  while (replies.length < count) {
    const [chunk] = await once(socket, "data", { signal });
    text += Buffer.from(chunk).toString("latin1");
    for (let read = readReply(text); read; read = readReply(text)) {
      replies.push(read.reply);
      text = text.slice(read.end);
    }
  }
  return replies;
}

function explain(error: unknown, at: string, host: string): string {
  const reason = error instanceof Error ? error.message : String(error);
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  const unset = "or unset it to use the one that comes with us";
  if (reason.startsWith("WRONGPASS") || reason.startsWith("ERR AUTH") || reason.startsWith("ERR invalid password")) {
    return `Redis at ${at} refuses the user or password: correct them in REDIS_URL.`;
  }
  if (reason.startsWith("NOAUTH"))
    return `Redis at ${at} wants a password: put it into REDIS_URL (redis://:password@${at}).`;
  if (code === "ENOTFOUND" || code === "EAI_AGAIN") return `There is no host "${host}": correct REDIS_URL, ${unset}.`;
  if (code.startsWith("ERR_SSL") || code === "EPROTO") {
    return `Redis at ${at} does not speak TLS: write redis:// instead of rediss:// in REDIS_URL.`;
  }
  return `Nothing that speaks Redis answers at ${at} (${code || reason}): start it, correct REDIS_URL, ${unset}.`;
}
