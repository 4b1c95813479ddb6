import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { connectRedis, type Redis, startRedis } from "./redis.ts";

let dataDir: string;
let said: string[];
let redis: Redis | undefined;
const report = ({ message }: { message: string }) => said.push(message);

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "local-cloud-redis-"));
  said = [];
});
afterEach(async () => {
  await redis?.stop();
  redis = undefined;
  await rm(dataDir, { recursive: true });
});

/** Says what it is told over one connection, and hears until the server is silent or gone. */
async function converse(port: number, text: string): Promise<string> {
  const socket = connect(port, "127.0.0.1");
  let heard = "";
  socket.on("data", (chunk) => {
    heard += chunk.toString("latin1");
  });
  socket.end(text, "latin1");
  await once(socket, "close");
  return heard;
}

describe("where no Redis is installed", () => {
  beforeEach(async () => {
    redis = await startRedis({ dataDir, port: 0, report, path: dataDir });
  });

  test("our own server answers, and is described", async () => {
    expect(redis).toMatchObject({ host: "127.0.0.1", username: "", password: "", version: "embedded" });
    expect(await connectRedis(redis?.url ?? "")).toMatchObject({ url: redis?.url, version: "redis 7.0.15" });
  });

  test("it understands a person with netcat, commands in pieces and many at once", async () => {
    const port = redis?.port ?? 0;
    expect(await converse(port, "PING\r\nset a 1\r\nget a\r\nquit\r\n")).toBe("+PONG\r\n+OK\r\n$1\r\n1\r\n+OK\r\n");
    const socket = connect(port, "127.0.0.1").setNoDelay();
    for (const byte of "*2\r\n$4\r\nECHO\r\n$5\r\na\r\nbc\r\n") socket.write(byte);
    expect(String((await once(socket, "data"))[0])).toBe("$5\r\na\r\nbc\r\n");
    socket.destroy();
  });

  test("it ends a conversation that is not RESP, and no other", async () => {
    const port = redis?.port ?? 0;
    expect(await converse(port, "*1\r\n!4\r\nPING\r\n")).toBe("-ERR Protocol error: expected '$', got '!'\r\n");
    expect(await converse(port, "*1\r\n$99999999999\r\n")).toBe("-ERR Protocol error: invalid bulk length\r\n");
    expect(await converse(port, "PING\r\nQUIT\r\n")).toContain("+PONG");
  });

  test("it says once which command it does not have", async () => {
    await converse(redis?.port ?? 0, "XADD s * a 1\r\nXADD s * a 1\r\nQUIT\r\n");
    expect(said).toEqual(['the embedded Redis has no command "xadd"']);
  });

  test("a port that is taken is named", async () => {
    const port = redis?.port ?? 0;
    const second = startRedis({ dataDir, port, report, path: dataDir });
    await expect(second).rejects.toThrow(`Port ${port}, wanted for Redis, is taken`);
  });
});

describe("where a redis-server is installed", () => {
  /** Stands for one: takes the options of a real one, says that it is ready, and answers INFO. */
  const program = `#!${process.execPath}
    const option = (name) => process.argv[process.argv.indexOf(name) + 1];
    const text = "redis_version:9.9.9 appendonly:" + option("--appendonly") + " dir:" + option("--dir");
    require("node:net").createServer((socket) => socket.on("data", () => socket.write("$" + text.length + "\\r\\n" + text + "\\r\\n")))
      .listen(Number(option("--port")), option("--bind"), () => console.log("* Ready to accept connections tcp"));`;

  beforeEach(async () => {
    await writeFile(join(dataDir, "redis-server"), program);
    await chmod(join(dataDir, "redis-server"), 0o755);
  });

  test("it is started on the port, keeps its data in our folder, and ends with us", async () => {
    const parent = spawn(process.execPath, [
      "--input-type=module",
      "--eval",
      `import { startRedis } from ${JSON.stringify(new URL("./redis.ts", import.meta.url).href)};
       const dataDir = ${JSON.stringify(dataDir)};
       const { version, url } = await startRedis({ dataDir, port: 0, report: console.error, path: dataDir });
       console.log(JSON.stringify({ version, url }));`,
    ]);
    const [line] = await once(createInterface({ input: parent.stdout }), "line");
    const { version, url }: { version: string; url: string } = JSON.parse(String(line));
    expect(version).toBe("redis 9.9.9");
    expect(await connectRedis(url)).toMatchObject({ url });
    parent.kill("SIGKILL");
    await vi.waitFor(() => expect(connectRedis(url)).rejects.toThrow("Nothing that speaks Redis answers"), 10_000);
  });

  test("its last words are in the error when it does not start", async () => {
    await writeFile(join(dataDir, "redis-server"), "#!/bin/sh\necho Bad directive >&2\nexit 1\n");
    const starting = startRedis({ dataDir, port: 0, report, path: dataDir });
    await expect(starting).rejects.toThrow("Redis did not start:\nBad directive");
  });
});

describe("REDIS_URL", () => {
  test.each([
    ["localhost", "REDIS_URL is not a URL"],
    ["http://localhost", 'REDIS_URL begins with "http://"'],
    ["redis://", "REDIS_URL names no host"],
  ])("of %j is told what is wrong with it", async (url, reason) => {
    await expect(connectRedis(url)).rejects.toThrow(reason);
  });

  /** A server with one answer to everything. */
  async function withServer(answer: string, work: (at: string) => Promise<void>): Promise<void> {
    const server = createServer((socket) => socket.on("error", () => undefined).on("data", () => socket.end(answer)));
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const address = server.address();
    const port = typeof address === "object" && address ? address.port : 0;
    await work(`127.0.0.1:${port}`);
    server.close();
    await once(server, "close");
  }

  test("is told, in one line and without the password, which part of it to correct", async () => {
    const wrong =
      "-WRONGPASS invalid username-password pair or user is disabled.\r\n-NOAUTH Authentication required.\r\n";
    await withServer(wrong, async (at) => {
      const connecting = connectRedis(`redis://:secret@${at}`);
      await expect(connecting).rejects.toThrow(
        `Redis at ${at} refuses the user or password: correct them in REDIS_URL.`,
      );
      await expect(connecting).rejects.not.toThrow("secret");
    });
    await withServer("-NOAUTH Authentication required.\r\n", (at) =>
      expect(connectRedis(`redis://${at}`)).rejects.toThrow(`Redis at ${at} wants a password`),
    );
    await withServer("-ERR x\r\n", (at) =>
      expect(connectRedis(`rediss://${at}`)).rejects.toThrow(`Redis at ${at} does not speak TLS`),
    );
    await withServer("HTTP/1.1 400 Bad Request\r\n\r\n", (at) =>
      expect(connectRedis(`redis://${at}`)).rejects.toThrow(`Nothing that speaks Redis answers at ${at}`),
    );
    await withServer("", (at) => expect(connectRedis(`redis://${at}`)).rejects.toThrow("(it closed the connection)"));
  });
});
