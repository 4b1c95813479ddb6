import { spawn } from "node:child_process";
import { once } from "node:events";

export interface Reaper {
  watch(pid: number): void;
  forget(pid: number): void;
  stop(): Promise<void>;
}

/** Hears of processes that begin (+) and end (-). When nobody is left to tell it anything, it kills those that remain. */
const script = `
trap "" HUP INT TERM
pids=" "
while read -r sign pid; do
  if [ "$sign" = + ]; then pids="$pids$pid "; else pids="\${pids%% $pid *} \${pids#* $pid }"; fi
done
[ "$pids" = " " ] || kill -9 $pids
`;

/**
 * A shell that outlives us: a handler that never lets go of its event loop cannot notice that its host was killed. One of it costs
 * less than a megabyte, a watching thread in each process would cost twenty.
 */
export function startReaper(): Reaper {
  const shell = spawn("/bin/sh", ["-c", script], { stdio: ["pipe", "ignore", "ignore"] });
  const ended = once(shell, "close").catch(() => undefined);
  // Without it all else works; whoever kills it on purpose need not be told.
  shell.on("error", () => {});
  shell.stdin.on("error", () => {});
  const tell = (sign: "+" | "-", pid: number) => {
    // 0, for a process that could not be started, would mean all of ours.
    if (pid > 0) shell.stdin.write(`${sign} ${pid}\n`);
  };
  return {
    watch: (pid) => tell("+", pid),
    forget: (pid) => tell("-", pid),
    async stop() {
      shell.stdin.end();
      await ended;
    },
  };
}
