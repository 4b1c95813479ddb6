import { statSync } from "node:fs";
import { chown } from "node:fs/promises";
import { dirname } from "node:path";

/** `nobody`, as every Linux knows it. */
const nobody = { uid: 65_534, gid: 65_534 };

/** Whom Postgres runs as: it refuses to run as root, so there it runs as `nobody`; otherwise as ourselves. */
export function unprivilegedUser(): typeof nobody | undefined {
  if (process.getuid?.() !== 0) return undefined;
  if (process.platform === "linux") return nobody;
  throw new Error("Postgres does not run as root: start as yourself, without sudo, or set DATABASE_URL.");
}

export async function giveTo(user: { uid: number; gid: number } | undefined, ...paths: string[]): Promise<void> {
  if (!user) return;
  for (const path of paths) await chown(path, user.uid, user.gid);
}

/** Whether a stranger may pass through every folder above `path`: not below root's home, which is 0700 on most machines. */
export function reachableByAnyone(path: string): boolean {
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    if ((statSync(folder).mode & 0o001) === 0) return false;
    if (folder === dirname(folder)) return true;
  }
}
