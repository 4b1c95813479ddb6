import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import type { Report } from "../report.ts";

export interface EngineProcess {
  readonly pid: number;
  /** Resolves once the process is gone, also when it ended by itself. */
  readonly exited: Promise<void>;
  stop(): Promise<void>;
}

interface EngineParts {
  name: string;
  command: string;
  args: readonly string[];
  cwd: string;
  /** The line of its output with which the engine says that it takes connections. */
  ready: RegExp;
  stopSignal: "SIGINT" | "SIGTERM";
  report: Report;
  env?: NodeJS.ProcessEnv;
  user?: { uid: number; gid: number } | undefined;
}

const startTimeoutMs = 60_000;
const stopTimeoutMs = 10_000;
const keptLines = 20;

/**
 * Becomes the engine (`exec` keeps the pid), but leaves a grandchild behind that waits on descriptor 3. Only we hold its other
 * end: the kernel closes it however we die, kill -9 included, and the grandchild then ends the engine.
 */
const endWithParent = (signal: string) =>
  `( (read -r _ <&3 || kill -${signal.slice(3)} $$) </dev/null >/dev/null 2>&1 & ); exec "$@" 3<&-`;

/** Starts a server of another make as our child, and returns when it is ready. It never outlives us. */
export async function startEngine(parts: EngineParts): Promise<EngineProcess> {
  const { name, command, args, cwd, env = process.env, user, stopSignal, report } = parts;
  const child = spawn("/bin/sh", ["-c", endWithParent(stopSignal), "sh", command, ...args], {
    cwd,
    env,
    ...user,
    // Its own session: Ctrl-C in our terminal must not reach the engine before those who still use it.
    detached: true,
    stdio: ["ignore", "pipe", "pipe", "pipe"],
  });
  const lifeline = child.stdio[3];
  const lines: string[] = [];
  let stopping = false;

  const gone = new Promise<void>((resolve) => {
    child.once("error", () => resolve());
    child.once("exit", () => resolve());
  });
  const exited = gone.then(() => {
    // A line instead of the end of the stream: the watching grandchild leaves without signalling a pid that is no longer ours.
    if (lifeline && "end" in lifeline) lifeline.end("ended\n");
  });
  lifeline?.on("error", () => undefined); // The grandchild may be gone already; there is nobody left to tell.

  const ready = new Promise<void>((resolve, reject) => {
    const hear = (line: string) => {
      lines.push(line);
      if (lines.length > keptLines) lines.shift();
      if (parts.ready.test(line)) resolve();
    };
    for (const stream of [child.stdout, child.stderr]) if (stream) createInterface({ input: stream }).on("line", hear);
    // "close" comes after the last line of output, which says why.
    child.once("close", () => reject(new Error(`${name} did not start:\n${lines.join("\n")}`)));
    child.once("error", (cause) => reject(new Error(`${name} could not be started: ${cause.message}`, { cause })));
  });

  const stop = async () => {
    stopping = true;
    child.kill(stopSignal);
    const killing = setTimeout(() => child.kill("SIGKILL"), stopTimeoutMs);
    await exited;
    clearTimeout(killing);
  };

  const slow = setTimeout(() => {
    lines.push(`(nothing more for ${startTimeoutMs / 1000} s)`);
    child.kill("SIGKILL");
  }, startTimeoutMs);
  try {
    await ready;
  } finally {
    clearTimeout(slow);
  }
  child.once("close", () => {
    if (!stopping) report({ level: "ERROR", message: `${name} ended by itself:\n${lines.join("\n")}` });
  });
  return { pid: child.pid ?? 0, exited, stop };
}
