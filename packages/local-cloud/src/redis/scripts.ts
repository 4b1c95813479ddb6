import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { Lua } from "wasmoon-lua5.1";
import { answer, encodeReply, RedisError, type Reply } from "./reply.ts";
import { createCommandReader, readReply } from "./resp.ts";

/** What a script's `redis.call` reaches. */
type CallFromScript = (words: string[]) => Reply;

export interface Scripts {
  load(source: string): string;
  has(sha: string): boolean;
  forget(): void;
  run(sha: string, keys: string[], args: string[], call: CallFromScript): Reply;
}

/** Runs scripts in a real Lua 5.1, the one that Redis has, compiled to WebAssembly. */
export async function createScripts(): Promise<Scripts> {
  const lua = await Lua.create();
  let current: CallFromScript | undefined;

  lua.global.set("host_call", (words: string) => {
    const [command = []] = createCommandReader()(Buffer.from(fromLua(words), "latin1"));
    return toLua(
      encodeReply(
        answer(() => current?.(command) ?? null),
        2,
      ),
    );
  });
  lua.global.set("host_sha1hex", (text: string) => sha1(fromLua(text)));
  for (const file of ["cjson.lua", "prelude.lua"]) {
    lua.doStringSync(await readFile(new URL(`./${file}`, import.meta.url), "utf8"));
  }
  const compile: (sha: string, source: string) => string | undefined = lua.global.get("host_compile");
  const run: (sha: string, words: string) => string = lua.global.get("host_run");
  const forget: () => void = lua.global.get("host_forget");
  const known = new Set<string>();

  return {
    load(source) {
      const sha = sha1(source);
      if (known.has(sha)) return sha;
      const message = compile(sha, toLua(source));
      if (message) throw new RedisError(`ERR Error compiling script (new function): ${fromLua(message)}`);
      known.add(sha);
      return sha;
    },
    has: (sha) => known.has(sha),
    forget() {
      known.clear();
      forget();
    },
    run(sha, keys, args, call) {
      current = call;
      try {
        return readReply(fromLua(run(sha, toLua(encodeReply([keys, args], 2)))))?.reply ?? null;
      } finally {
        current = undefined;
      }
    },
  };
}

const sha1 = (text: string) => createHash("sha1").update(text, "latin1").digest("hex");

/** Strings cross into Lua as UTF-8; what that would change crosses as ESC and two hexadecimal digits. */
const toLua = (text: string) =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the bytes in question
  text.replaceAll(/[\0\x1b\x80-\xff]/g, (byte) => `\x1b${byte.charCodeAt(0).toString(16).padStart(2, "0")}`);

const fromLua = (text: string) =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: as above
  text.replaceAll(/\x1b([0-9a-f]{2})/g, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)));
