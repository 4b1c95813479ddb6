import { mkdir, readFile, realpath, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Client, escapeIdentifier } from "pg";
import { freePort } from "../engine-process/free-port.ts";
import { startEngine } from "../engine-process/start-engine.ts";
import type { Report } from "../report.ts";
import { findBinaries } from "./binaries.ts";
import { prepareCluster, superuser } from "./cluster.ts";
import { connectPostgres, type Postgres } from "./connect-postgres.ts";
import { endLeftover } from "./leftover.ts";
import { unprivilegedUser } from "./unprivileged.ts";

export { connectPostgres, type Postgres } from "./connect-postgres.ts";

export interface PostgresOptions {
  dataDir: string;
  /** 0 takes any free one. */
  port: number;
  report: Report;
  /** Made at the first start. */
  database?: string;
}

/** A real Postgres, without Docker, an installation or a user account of its own. Acknowledged commits survive whatever dies. */
export async function startPostgres({
  port: wantedPort,
  report,
  database = "local",
  ...options
}: PostgresOptions): Promise<Postgres> {
  await mkdir(options.dataDir, { recursive: true, mode: 0o700 });
  const dataDir = await realpath(options.dataDir);
  const user = unprivilegedUser();
  const launcherFile = join(dataDir, "launcher.pid");
  const launcher = Number.parseInt(await readFile(launcherFile, "utf8").catch(() => ""), 10);
  await endLeftover(join(dataDir, "data"), launcher);
  await writeFile(launcherFile, String(process.pid));

  const binaries = await findBinaries(dataDir, user);
  const cluster = await prepareCluster(dataDir, binaries.initdb, user);
  const host = "127.0.0.1";
  const port = wantedPort === 0 ? await freePort(host) : wantedPort;
  const engine = await startEngine({
    name: "Postgres",
    command: binaries.postgres,
    // biome-ignore format: one option a line
    args: [
      "-D", cluster.directoryArgument,
      "-h", host,
      "-p", String(port),
      "-k", "", // No socket file: its path would be too long below some folders.
      "-c", "shared_buffers=64MB",
      "-c", "max_connections=60",
      "-c", "timezone=UTC",
      "-c", "log_timezone=UTC",
    ],
    cwd: cluster.directory,
    user,
    env: { PATH: process.env["PATH"], LC_ALL: "C" },
    ready: /ready to accept connections/,
    stopSignal: "SIGINT", // "Fast": open transactions are rolled back rather than waited for.
    report,
  }).catch(async (error: Error) => {
    await binaries.remove();
    if (!/Address already in use/.test(error.message)) throw error;
    throw new Error(`Port ${port}, wanted for Postgres, is taken: end what listens there, or set another port.`);
  });

  const stop = async () => {
    await engine.stop();
    await binaries.remove();
  };
  try {
    const urlOf = (name: string) =>
      `postgresql://${superuser}:${encodeURIComponent(cluster.password)}@${host}:${port}/${encodeURIComponent(name)}`;
    await createDatabase(urlOf("postgres"), database);
    return { ...(await connectPostgres(urlOf(database))), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function createDatabase(adminUrl: string, name: string): Promise<void> {
  const client = new Client({ connectionString: adminUrl });
  await client.connect();
  try {
    const { rowCount } = await client.query("SELECT FROM pg_database WHERE datname = $1", [name]);
    if (rowCount === 0) await client.query(`CREATE DATABASE ${escapeIdentifier(name)}`);
  } finally {
    await client.end();
  }
}
