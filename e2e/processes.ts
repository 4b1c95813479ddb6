import { execFile } from "node:child_process";
import { promisify } from "node:util";

const run = promisify(execFile);

interface Listed {
  pid: number;
  parent: number;
  command: string;
}

async function list(): Promise<Listed[]> {
  const { stdout } = await run("ps", ["-A", "-ww", "-o", "pid=,ppid=,stat=,args="], { maxBuffer: 16 * 1024 * 1024 });
  return stdout.split("\n").flatMap((line) => {
    const [, pid, parent, state = "", command = ""] = /^\s*(\d+)\s+(\d+)\s+(\S+)\s+(.*)$/.exec(line) ?? [];
    // A zombie runs nothing; its parent has yet to read how it ended.
    return pid === undefined || state.startsWith("Z") ? [] : [{ pid: Number(pid), parent: Number(parent), command }];
  });
}

/** A system's processes: everything below its first, and whatever else names its folder, such as a server's own children. */
export async function processesOf({ pid, dataDir }: { pid: number; dataDir: string }): Promise<number[]> {
  const all = await list();
  const found = new Set([pid]);
  for (let before = 0; before < found.size; ) {
    before = found.size;
    for (const { pid, parent } of all) if (found.has(parent)) found.add(pid);
  }
  for (const { pid, command } of all) if (command.includes(dataDir)) found.add(pid);
  return [...found];
}

/** Those of `pids` that still run, and whoever names the folder. */
export async function survivorsOf(pids: readonly number[], dataDir: string): Promise<string[]> {
  const all = await list();
  return all
    .filter(({ pid, command }) => pids.includes(pid) || command.includes(dataDir))
    .map(({ pid, command }) => `${pid} ${command}`);
}
