import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../", import.meta.url));

export interface Answered {
  exitCode: number | null;
  /** What it prints, without its progress. */
  stdout: string;
  stderr: string;
}

/** Runs `npm run vsl -- …` against the system of a folder. A signal is sent once `after` has come to pass. */
export async function vsl(
  { dataDir }: { dataDir: string },
  args: readonly string[],
  interruption?: { signal: NodeJS.Signals; after: Promise<unknown> },
): Promise<Answered> {
  const { PATH, HOME, TMPDIR } = process.env;
  const child = spawn(process.execPath, ["cli/vsl.mjs", ...args], {
    cwd: root,
    env: { PATH, HOME, TMPDIR, VSL_DATA: dataDir },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const written = { stdout: "", stderr: "" };
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    written.stdout += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    written.stderr += text;
  });
  const closed = once(child, "close");
  if (interruption) {
    await interruption.after;
    child.kill(interruption.signal);
  }
  await closed;
  return { exitCode: child.exitCode, ...written };
}
