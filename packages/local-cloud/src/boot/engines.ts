import { join } from "node:path";
import { connectPostgres, type Postgres, startPostgres } from "../postgres/postgres.ts";
import { connectRedis, type Redis, startRedis } from "../redis/redis.ts";
import type { Report } from "../report.ts";
import type { FunctionTopology } from "../topology.ts";
import { startOnKeptPort } from "./ports.ts";

interface EnginesOptions {
  functions: FunctionTopology[];
  dataDir: string;
  databaseUrl: string | undefined;
  redisUrl: string | undefined;
  report: Report;
}

export interface Engines {
  /** Absent when no function links one. */
  postgres: Postgres | undefined;
  redis: Redis | undefined;
  stop(): Promise<void>;
}

/** Starts the engines that the functions link, side by side, or connects to those that were given. */
export async function startEngines({
  functions,
  dataDir,
  databaseUrl,
  redisUrl,
  report,
}: EnginesOptions): Promise<Engines> {
  const linked = new Set(functions.flatMap(({ links }) => Object.values(links).map((link) => link["type"])));

  async function postgres(): Promise<Postgres | undefined> {
    if (!linked.has("sst.aws.Postgres")) return undefined;
    if (databaseUrl !== undefined) return connectPostgres(databaseUrl);
    return startOnKeptPort(join(dataDir, "postgres.port"), (port) =>
      startPostgres({ dataDir: join(dataDir, "postgres"), port, report }),
    );
  }

  async function redis(): Promise<Redis | undefined> {
    if (!linked.has("sst.aws.Redis")) return undefined;
    if (redisUrl !== undefined) return connectRedis(redisUrl);
    return startOnKeptPort(join(dataDir, "redis.port"), (port) =>
      startRedis({ dataDir: join(dataDir, "redis"), port, report }),
    );
  }

  const [startedPostgres, startedRedis] = await Promise.allSettled([postgres(), redis()]);
  const engines = {
    postgres: startedPostgres.status === "fulfilled" ? startedPostgres.value : undefined,
    redis: startedRedis.status === "fulfilled" ? startedRedis.value : undefined,
    stop: async () => {
      await Promise.all([engines.postgres?.stop(), engines.redis?.stop()]);
    },
  };
  for (const started of [startedPostgres, startedRedis]) {
    if (started.status === "fulfilled") continue;
    await engines.stop();
    throw started.reason;
  }
  return engines;
}
