import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
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

type UpstreamName = "the stand-in" | "the real Replicate";

/**
 * A folder belongs to one upstream: a job that waited for the stand-in must never be submitted to the real Replicate, which bills it, and
 * predictions of the one are unknown to the other. Throws when the folder is the other's.
 */
export function keepToUpstream(dataDir: string, upstream: UpstreamName): void {
  const file = join(dataDir, "upstream");
  if (!existsSync(file)) writeFileSync(file, `${upstream}\n`);
  const owner = readFileSync(file, "utf8").trim();
  if (owner === upstream) return;
  throw new Error(
    `${dataDir} holds jobs of ${owner}, which must not reach ${upstream}: choose another folder with VSL_DATA, ` +
      "set or unset REPLICATE_API_TOKEN as before, or start over with --fresh.",
  );
}
