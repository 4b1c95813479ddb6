import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../", import.meta.url));

export interface Run {
  process: ChildProcess;
  /** All that it has written, so far. */
  stdout: () => string;
  stderr: () => string;
  /** Resolves with the exit code once it has ended and said everything; null when a signal ended it. */
  ended: Promise<number | null>;
}

/** What `npm start` runs, with nothing of the developer's environment but what finds programs and temporary files. */
export function runStart(settings: Readonly<Record<string, string>>, args: readonly string[] = []): Run {
  const { PATH, HOME, TMPDIR } = process.env;
  const inherited = Object.fromEntries(
    Object.entries({ PATH, HOME, TMPDIR }).filter(([, value]) => value !== undefined),
  );
  const child = spawn(process.execPath, ["start/guard.mjs", ...args], {
    cwd: root,
    env: { ...inherited, ...settings },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const written = { stdout: "", stderr: "" };
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    written.stdout += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    written.stderr += text;
  });
  return {
    process: child,
    stdout: () => written.stdout,
    stderr: () => written.stderr,
    ended: once(child, "close").then(() => child.exitCode),
  };
}
