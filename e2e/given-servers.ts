import { createHash } from "node:crypto";
import pg from "pg";

/**
 * The servers that the environment names instead of those that come along: `VSL_TEST_DATABASE_URL` and `VSL_TEST_REDIS_URL`. Each data
 * folder has a database of its own there, so that a system that comes back finds it again.
 */
export async function givenServers(dataDir: string): Promise<Record<string, string>> {
  const { VSL_TEST_DATABASE_URL: databaseUrl, VSL_TEST_REDIS_URL: redisUrl } = process.env;
  return {
    ...(databaseUrl && { DATABASE_URL: await ownDatabase(databaseUrl, dataDir) }),
    ...(redisUrl && { REDIS_URL: redisUrl }),
  };
}

async function ownDatabase(serverUrl: string, dataDir: string): Promise<string> {
  const name = `vsl_e2e_${createHash("sha256").update(dataDir).digest("hex").slice(0, 12)}`;
  const client = new pg.Client({ connectionString: serverUrl });
  await client.connect();
  try {
    const { rowCount } = await client.query("SELECT 1 FROM pg_database WHERE datname = $1", [name]);
    if (rowCount === 0) await client.query(`CREATE DATABASE ${name}`);
  } finally {
    await client.end();
  }
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  return url.href;
}
