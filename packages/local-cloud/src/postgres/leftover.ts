import { execFile } from "node:child_process";
import { readFile, readlink } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";

const run = promisify(execFile);
const patienceMs = 10_000;

/**
 * Makes sure that no Postgres runs on these data. One whose parent died is ended: it normally ends by itself, but may take a
 * moment or have lost its watcher. One whose parent lives is somebody's, and stays.
 */
export async function endLeftover(directory: string, launcherPid: number | undefined): Promise<void> {
  const pid = Number.parseInt(await readFile(join(directory, "postmaster.pid"), "utf8").catch(() => ""), 10);
  if (Number.isNaN(pid)) return;
  const parent = await parentOfPostmaster(pid, directory);
  if (parent === undefined) return; // A stale file: Postgres itself sees that and goes on.
  if (parent === launcherPid) {
    throw new Error(`Postgres already runs on ${directory}, started by process ${parent}: stop that one first.`);
  }
  for (const signal of ["SIGINT", "SIGQUIT", "SIGKILL"] as const) {
    signalIfAlive(pid, signal);
    const until = Date.now() + patienceMs;
    while (Date.now() < until) {
      if ((await parentOfPostmaster(pid, directory)) === undefined) return;
      await sleep(20);
    }
  }
  throw new Error(`The Postgres with pid ${pid}, left behind on ${directory}, does not end: end it yourself.`);
}

/** The parent of process `pid`, if that is a living Postgres of these data; the pid may be another program's by now. */
async function parentOfPostmaster(pid: number, directory: string): Promise<number | undefined> {
  try {
    if (process.platform === "linux") {
      if ((await readlink(`/proc/${pid}/cwd`)) !== directory) return undefined;
      const stat = await readFile(`/proc/${pid}/stat`, "utf8");
      // "pid (name) state parent …": the name may hold spaces and parentheses.
      const [state, parent] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
      return state === "Z" ? undefined : Number(parent);
    }
    const { stdout } = await run("ps", ["-o", "ppid=,command=", "-p", String(pid)]);
    return stdout.includes(directory) ? Number.parseInt(stdout, 10) : undefined;
  } catch {
    return undefined; // Gone, or not ours to look at.
  }
}

function signalIfAlive(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It ended between the look and the signal.
  }
}
