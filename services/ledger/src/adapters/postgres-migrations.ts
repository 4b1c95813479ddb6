import { existsSync, readdirSync } from "node:fs";
import { join, parse } from "node:path";
import { runner } from "node-pg-migrate";
import pg from "pg";
import { connectionOf, type DatabaseLink } from "../database-link.ts";

const migrationsTable = "migrations";

/**
 * Brings the schema up to date and answers with the migrations that were run. Repeating it runs nothing; of several at once one runs
 * them while the others wait for its lock.
 */
export async function migrate(link: DatabaseLink, { folder = migrationsFolder() } = {}): Promise<string[]> {
  const client = clientOf(link);
  await client.connect();
  try {
    await client.query("SELECT pg_advisory_lock(hashtextextended('vsl-ledger-migrations', 0))");
    const done = await runner({
      dbClient: client,
      dir: folder,
      direction: "up",
      migrationsTable,
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

/** Names of the migrations that the database does not have yet. Runs none, and makes nothing. */
export async function listPending(link: DatabaseLink, { folder = migrationsFolder() } = {}): Promise<string[]> {
  const client = clientOf(link);
  await client.connect();
  try {
    const { rows: tables } = await client.query("SELECT 1 WHERE to_regclass($1) IS NOT NULL", [migrationsTable]);
    const { rows } =
      tables.length === 0 ? { rows: [] } : await client.query<{ name: string }>(`SELECT name FROM ${migrationsTable}`);
    const run = new Set(rows.map(({ name }) => name));
    const names = readdirSync(folder).map((file) => parse(file).name);
    return names.filter((name) => !run.has(name)).toSorted();
  } finally {
    await client.end();
  }
}

const clientOf = (link: DatabaseLink) =>
  new pg.Client({ ...connectionOf(link), connectionTimeoutMillis: 10_000, application_name: "vsl-ledger-migrate" });

/** Beside the bundle on Lambda, beside the sources everywhere else. */
function migrationsFolder(): string {
  const candidates = [join(import.meta.dirname, "migrations"), join(import.meta.dirname, "..", "..", "migrations")];
  const folder = candidates.find((candidate) => existsSync(candidate));
  if (!folder)
    throw new Error(`the ledger's migrations are in none of ${candidates.join(", ")}: the deploy must copy them`);
  return folder;
}
