import { spawn } from "node:child_process";
import { join } from "node:path";
import type { AppName } from "../service-names.ts";
import type { DeployPorts } from "./deploy-stage.ts";
import { saysNoSecrets, secretsIn } from "./secret-list.ts";

export interface SstCommand extends Pick<DeployPorts, "listSecrets" | "deployApp"> {
  /** Names and values, by the caller's own rights; "all" is the app that composes every other. */
  readSecrets: (app: AppName | "all") => Promise<ReadonlyMap<string, string>>;
}

/** SST's own command, told by `SERVICE` which app it is about. */
export function sstCommand(root: string, stage: string): SstCommand {
  const run = (app: AppName | "all", args: string[], stdout: "pipe" | "inherit") =>
    new Promise<{ code: number | null; printed: string }>((resolve, reject) => {
      const child = spawn(join(root, "node_modules", ".bin", "sst"), [...args, "--stage", stage], {
        cwd: root,
        env: { ...process.env, SERVICE: app },
        stdio: ["ignore", stdout, stdout],
      });
      let printed = "";
      for (const stream of [child.stdout, child.stderr]) stream?.on("data", (chunk: Buffer) => (printed += chunk));
      child.on("error", reject);
      child.on("close", (code) => resolve({ code, printed }));
    });
  const readSecrets = async (app: AppName | "all"): Promise<ReadonlyMap<string, string>> => {
    const { code, printed } = await run(app, ["secret", "list"], "pipe");
    if (code === 0) return secretsIn(printed);
    if (saysNoSecrets(printed)) return new Map();
    // A list that failed holds no secret, so it may be shown.
    throw new Error(`sst could not list the secrets of ${app}:\n${printed.trim()}`);
  };
  return {
    readSecrets,
    listSecrets: async (app) => [...(await readSecrets(app)).keys()],
    async deployApp(app) {
      const { code } = await run(app, ["deploy"], "inherit");
      if (code !== 0) throw new Error(`${app} was not deployed: sst ended with code ${code}, and says why above`);
    },
  };
}
