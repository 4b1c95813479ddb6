import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { killTopology } from "./stores.ts";

const bin = fileURLToPath(new URL("../../bin/local-cloud.mjs", import.meta.url));

export interface RunningCloud {
  endpointUrl: string;
  startMs: number;
  /** Resolves when the process is gone. */
  kill(): Promise<void>;
}

/** The command as a developer runs it, in a process of its own. */
export async function runCloud(folder: string): Promise<RunningCloud> {
  const topology = join(folder, "topology.json");
  await writeFile(topology, JSON.stringify(killTopology));
  const startedAt = performance.now();
  const child = spawn(
    process.execPath,
    [bin, "--topology", topology, "--root", folder, "--data", join(folder, "data"), "--port", "0", "--aws-port", "0"],
    { stdio: ["ignore", "pipe", "pipe"] },
  );
  const endpointUrl = await lineOf(child, /^AWS endpoint (\S+)/);
  return {
    endpointUrl,
    startMs: Math.round(performance.now() - startedAt),
    async kill() {
      const ended = once(child, "exit");
      child.kill("SIGKILL");
      await ended;
    },
  };
}

function lineOf(child: ChildProcess, wanted: RegExp): Promise<string> {
  const said: string[] = [];
  return new Promise((resolve, reject) => {
    for (const output of [child.stdout, child.stderr]) {
      if (output === null) continue;
      createInterface(output).on("line", (line) => {
        said.push(line);
        const found = wanted.exec(line)?.[1];
        if (found !== undefined) resolve(found);
      });
    }
    child.once("exit", () => reject(new Error(`the local cloud ended:\n${said.join("\n")}`)));
  });
}
