import { mkdtemp, readFile, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { givenServers } from "./given-servers.ts";
import { type Run, runStart } from "./npm-start.ts";
import { processesOf, survivorsOf } from "./processes.ts";
import { until } from "./until.ts";

/** Where a running system is, for those who see it from outside. */
export interface Addresses {
  url: string;
  awsUrl: string;
  replicateUrl: string;
  databaseUrl: string;
  dataDir: string;
}

export interface System extends Addresses {
  /** As Ctrl-C does. Throws unless it ends well and leaves no process. */
  stop(): Promise<void>;
  /** As a crash of the whole does. Resolves when also its children have ended. */
  kill9(): Promise<void>;
}

interface SystemOptions {
  dataDir: string;
  /** A system that comes back is found where it was. */
  at?: Addresses;
  requireKeys?: boolean;
}

/** Seconds of the Replicate double per second of a real model: a video takes about one. */
const timeScale = "0.02";

export async function makeDataDir(): Promise<{ dataDir: string; remove: () => Promise<void> }> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), "vsl-e2e-")));
  return { dataDir: join(folder, "data"), remove: () => rm(folder, { recursive: true, force: true, maxRetries: 10 }) };
}

/** Runs VSL as `npm start` does, on free ports, and resolves when its screen says that it runs. */
export async function startSystem({ dataDir, at, requireKeys = false }: SystemOptions): Promise<System> {
  const run = runStart({
    PORT: portOf(at?.url),
    VSL_AWS_PORT: portOf(at?.awsUrl),
    VSL_REPLICATE_PORT: portOf(at?.replicateUrl),
    VSL_DATA: dataDir,
    VSL_TIME_SCALE: timeScale,
    VSL_REQUIRE_KEYS: requireKeys ? "1" : "0",
    ...(await givenServers(dataDir)),
  });
  const pid = run.process.pid;
  if (pid === undefined) throw new Error("The system's process did not start");
  try {
    const addresses = await readAddresses(run, dataDir);
    return {
      ...addresses,
      async stop() {
        const pids = await processesOf({ pid, dataDir });
        run.process.kill("SIGINT");
        const exitCode = await withDeadline(run);
        if (exitCode !== 0) throw new Error(`The system ended with ${exitCode}:\n${run.stdout()}${run.stderr()}`);
        await allGone(pids, dataDir);
      },
      async kill9() {
        const pids = await processesOf({ pid, dataDir });
        run.process.kill("SIGKILL");
        await run.ended;
        await allGone(pids, dataDir);
      },
    };
  } catch (error) {
    run.process.kill("SIGKILL");
    await run.ended;
    throw error;
  }
}

const portOf = (url: string | undefined) => (url === undefined ? "0" : new URL(url).port);

async function readAddresses(run: Run, dataDir: string): Promise<Addresses> {
  const onScreen = async () => {
    const { exitCode } = run.process;
    const output = `${run.stdout()}${run.stderr()}`;
    if (exitCode !== null) throw new Error(`The system did not start, but ended with ${exitCode}:\n${output}`);
    return output.includes("Ctrl-C stops everything") ? output : undefined;
  };
  const screen = await until("the screen", onScreen, { withinMs: 60_000 });
  const said = (label: string) => {
    const address = new RegExp(`^ *${label} +(http://\\S+)`, "m").exec(screen)?.[1];
    if (address === undefined) throw new Error(`The screen names no ${label}:\n${screen}`);
    return address;
  };
  const databaseUrl = (await readFile(join(dataDir, "database-url"), "utf8")).trim();
  return { url: said("API"), awsUrl: said("AWS"), replicateUrl: said("Replicate"), databaseUrl, dataDir };
}

async function withDeadline(run: Run): Promise<number | null> {
  const patience = setTimeout(() => run.process.kill("SIGKILL"), 30_000);
  try {
    return await run.ended;
  } finally {
    clearTimeout(patience);
  }
}

async function allGone(pids: readonly number[], dataDir: string): Promise<void> {
  let left: string[] = [];
  const gone = async () => {
    left = await survivorsOf(pids, dataDir);
    return left.length === 0 || undefined;
  };
  await until("the end of every process", gone, { withinMs: 20_000 }).catch((error: unknown) => {
    throw new Error(`The system left processes behind:\n${left.join("\n")}`, { cause: error });
  });
}
