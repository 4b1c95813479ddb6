import { mkdirSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";

const lockFile = "start.lock";
const sqliteBusy = 5;

/**
 * Keeps a second start off the same data before anything of it is touched. The lock is one of the operating system's, held
 * through SQLite: it ends with the process, however that ends.
 */
export function claimDataDir(dataDir: string): { release: () => void } {
  mkdirSync(dataDir, { recursive: true });
  const lock = new DatabaseSync(join(dataDir, lockFile), { timeout: 0 });
  try {
    lock.exec("BEGIN EXCLUSIVE");
  } catch (cause) {
    lock.close();
    const isHeld = cause instanceof Error && "errcode" in cause && cause.errcode === sqliteBusy;
    if (!isHeld) throw cause;
    throw new Error(`${dataDir} is in use by another start: stop that one, or choose another folder with VSL_DATA.`, {
      cause,
    });
  }
  return { release: () => lock.close() };
}

/** Only whoever holds the claim may do so. */
export function emptyDataDir(dataDir: string): void {
  for (const name of readdirSync(dataDir)) {
    if (!name.startsWith(lockFile)) rmSync(join(dataDir, name), { recursive: true, force: true });
  }
}
