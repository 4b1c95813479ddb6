/** The tab "Databases" of `sst dev`: Postgres with the ledger's schema, and Redis, on this machine until it is closed. */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { startPostgres } from "@vsl/local-cloud/postgres";
import { startRedis } from "@vsl/local-cloud/redis";
import pg from "pg";
import { migrate } from "../../services/ledger/src/adapters/postgres-migrations.ts";
import { localCache, localDatabase } from "./addresses.ts";

const dataDir = join(fileURLToPath(new URL("../../.vsl/sst-dev/", import.meta.url)));
mkdirSync(dataDir, { recursive: true });
const report = (line: unknown) => console.error(line);

const postgres = await startPostgres({
  dataDir: join(dataDir, "postgres"),
  port: localDatabase.port,
  database: localDatabase.database,
  report,
});
await nameOwner(postgres.url);
const migrated = await migrate(localDatabase);
console.log(`Postgres on 127.0.0.1:${localDatabase.port}, ${migrated.length} migrations run`);

const redis = await startRedis({ dataDir: join(dataDir, "redis"), port: localCache.port, report });
console.log(`Redis on 127.0.0.1:${localCache.port}`);

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.once(signal, async () => {
    await Promise.allSettled([redis.stop(), postgres.stop()]);
    process.exit(0);
  });
}

/** The user that functions connect as, the same for every checkout. */
async function nameOwner(url: string): Promise<void> {
  const { username, password, database } = localDatabase;
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rowCount } = await client.query("SELECT FROM pg_roles WHERE rolname = $1", [username]);
    if (rowCount === 0) await client.query(`CREATE ROLE ${username} LOGIN PASSWORD '${password}'`);
    await client.query(`ALTER DATABASE ${database} OWNER TO ${username}`);
    await client.query(`ALTER SCHEMA public OWNER TO ${username}`);
  } finally {
    await client.end();
  }
}
