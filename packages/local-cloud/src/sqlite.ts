import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";

/**
 * Opens a service's store. What is committed has been handed to the operating system, so it survives `kill -9` of this process; it is
 * not flushed to the disk at each commit, so a power cut may take the last moments (never leave half a transaction). A flush would stop
 * the one event loop of all services for milliseconds, a hundred jobs at once for a minute.
 */
export function openSqlite(file: string, schema: string): DatabaseSync {
  mkdirSync(dirname(file), { recursive: true });
  const database = new DatabaseSync(file);
  database.exec(
    "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON; PRAGMA busy_timeout = 5000;",
  );
  database.exec(schema);
  return database;
}
