import { constants } from "node:fs";
import { access, mkdir } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { freePort } from "../engine-process/free-port.ts";
import { startEngine } from "../engine-process/start-engine.ts";
import type { Report } from "../report.ts";
import { connectRedis, type Redis } from "./connect-redis.ts";
import { startEmbeddedServer } from "./embedded-server.ts";

export { connectRedis, type Redis } from "./connect-redis.ts";

export interface RedisOptions {
  dataDir: string;
  /** 0 takes any free one. */
  port: number;
  report: Report;
  /** Where to look for a server; the environment's PATH unless told. */
  path?: string;
}

const host = "127.0.0.1";

/** A Redis on this machine: a `redis-server` or `valkey-server` that is installed, else the small one of our own. */
export async function startRedis({
  dataDir,
  port: wantedPort,
  report,
  path = process.env["PATH"] ?? "",
}: RedisOptions): Promise<Redis> {
  const facts = { host, username: "", password: "", tls: false };
  const port = wantedPort === 0 ? await freePort(host) : wantedPort;
  const url = `redis://${host}:${port}`;
  const taken = new Error(`Port ${port}, wanted for Redis, is taken: end what listens there, or set another port.`);
  const command = await findServer(path);
  if (!command) {
    const { stop } = await startEmbeddedServer({ host, port, report }).catch((error: NodeJS.ErrnoException) => {
      throw error.code === "EADDRINUSE" ? taken : error;
    });
    return { ...facts, url, port, version: "embedded", stop };
  }
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  const engine = await startEngine({
    name: "Redis",
    command,
    // biome-ignore format: one option a line
    args: [
      "--bind", host,
      "--port", String(port),
      "--dir", dataDir,
      "--appendonly", "yes",
      "--save", "",
    ],
    cwd: dataDir,
    ready: /ready to accept connections/i,
    stopSignal: "SIGTERM",
    report,
  }).catch((error: Error) => {
    throw /Address already in use/.test(error.message) ? taken : error;
  });
  return { ...(await connectRedis(url)), stop: engine.stop };
}

async function findServer(path: string): Promise<string | undefined> {
  for (const folder of path.split(delimiter)) {
    for (const name of ["redis-server", "valkey-server"]) {
      const file = join(folder, name);
      const isThere = await access(file, constants.X_OK).then(
        () => true,
        () => false,
      );
      if (folder !== "" && isThere) return file;
    }
  }
  return undefined;
}
