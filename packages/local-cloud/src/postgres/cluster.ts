import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { giveTo, reachableByAnyone } from "./unprivileged.ts";

export interface Cluster {
  /** Where Postgres' own files are, and the working directory of its programs. */
  directory: string;
  /** The same folder as Postgres must be told it. */
  directoryArgument: string;
  password: string;
}

export const superuser = "postgres";
const run = promisify(execFile);

/** Finds the data, or makes them: under another name first, so that a crash in between leaves nothing half made. */
export async function prepareCluster(
  dataDir: string,
  initdb: string,
  user: { uid: number; gid: number } | undefined,
): Promise<Cluster> {
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  const directory = join(dataDir, "data");
  const passwordFile = join(dataDir, "password");
  // `nobody` cannot follow a path through root's folders, but a process may always enter where it already stands.
  const standing = user !== undefined && !reachableByAnyone(dataDir);
  const argument = (folder: string) => (standing ? "/proc/self/cwd" : folder);

  if (!existsSync(directory)) {
    const making = join(dataDir, "data.making");
    await rm(making, { recursive: true, force: true });
    await mkdir(making, { mode: 0o700 });
    await writeFile(passwordFile, randomBytes(24).toString("base64url"), { mode: 0o600 });
    await giveTo(user, dataDir, making, passwordFile);
    await run(
      initdb,
      // biome-ignore format: one option a line
      [
        "-D", argument(making),
        "-U", superuser,
        "--auth=scram-sha-256",
        `--pwfile=${argument(making)}/../password`,
        "--encoding=UTF8",
        // The same order of text on every platform, whatever locales it has.
        "--locale-provider=builtin",
        "--builtin-locale=C.UTF-8",
        "--locale=C",
        "--no-instructions",
      ],
      { ...user, cwd: making },
    ).catch((error: Error & { stderr?: string }) => {
      throw new Error(explain(error.stderr?.trim() || error.message), { cause: error });
    });
    await rename(making, directory);
  }
  return {
    directory,
    directoryArgument: argument(directory),
    password: (await readFile(passwordFile, "utf8")).trim(),
  };
}

function explain(reason: string): string {
  const remedy = /could not look up effective user ID/.test(reason)
    ? "It only runs as a user whom this machine knows: be one, or set DATABASE_URL."
    : "Set DATABASE_URL to a Postgres of your own if this one cannot be helped.";
  return `Postgres could not make its data: ${reason}. ${remedy}`;
}
