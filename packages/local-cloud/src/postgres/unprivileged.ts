import { statSync } from "node:fs";
import { chown } from "node:fs/promises";
import { dirname } from "node:path";

/** `nobody`, on Linux and macOS alike: it owns nothing, and needs no entry in /etc/passwd. */
const nobody = { uid: 65_534, gid: 65_534 };

/** Whom Postgres runs as: it refuses to run as root, so there it runs as `nobody`; otherwise as ourselves. */
export const unprivilegedUser = () => (process.getuid?.() === 0 ? nobody : undefined);

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
