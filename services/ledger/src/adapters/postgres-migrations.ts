import { existsSync } from "node:fs";
import { join } from "node:path";
import { runner } from "node-pg-migrate";
import pg from "pg";
import { connectionOf, type DatabaseLink } from "../database-link.ts";

/**
 * Brings the schema up to date and answers with the migrations that were run. Repeating it runs nothing; of several at once one runs
 * them while the others wait for its lock.
 */
export async function migrate(link: DatabaseLink, { folder = migrationsFolder() } = {}): Promise<string[]> {
  const client = new pg.Client({
    ...connectionOf(link),
    connectionTimeoutMillis: 10_000,
    application_name: "vsl-ledger-migrate",
  });
  await client.connect();
  try {
    await client.query("SELECT pg_advisory_lock(hashtextextended('vsl-ledger-migrations', 0))");
    const done = await runner({
      dbClient: client,
      dir: folder,
      direction: "up",
      migrationsTable: "migrations",
      // Ours above waits; node-pg-migrate's own lock fails at once when another holds it.
      noLock: true,
      log: () => {},
    });
    return done.map(({ name }) => name);
  } finally {
    // Ending the session gives the lock back, whatever happened.
    await client.end();
  }
}

/** Beside the bundle on Lambda, beside the sources everywhere else. */
function migrationsFolder(): string {
  const candidates = [join(import.meta.dirname, "migrations"), join(import.meta.dirname, "..", "..", "migrations")];
  const folder = candidates.find((candidate) => existsSync(candidate));
  if (!folder)
    throw new Error(`the ledger's migrations are in none of ${candidates.join(", ")}: the deploy must copy them`);
  return folder;
}
