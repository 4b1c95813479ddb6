import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { ChildInput } from "./child/run.ts";
import { type Evaluation, type Graph, graphOf } from "./graph.ts";

export interface EvaluateOptions {
  /** The folder of `sst.config.ts`. */
  root: string;
  /** The folder of `.sst/platform`, if it is another: one installation serves every app of a repository. */
  platformRoot?: string;
  stage: string;
  /** As in `sst dev`. */
  dev?: boolean;
  /** What `SERVICE` is set to; empty composes all. */
  service?: string;
  secrets?: Record<string, string>;
  /** Bundles every handler with SST's settings, for its size. */
  reallyBuild?: boolean;
}

/** Evaluates `sst.config.ts` without AWS, credentials or Pulumi's engine, and returns the resources that a deploy would make. */
export async function evaluate(options: EvaluateOptions): Promise<Graph> {
  const platformRoot = options.platformRoot ?? options.root;
  if (!existsSync(join(platformRoot, ".sst", "platform", "src"))) {
    throw new Error(
      'SST\'s platform is not installed here: run "npm run sst:install" first (it takes about a minute).',
    );
  }
  const work = mkdtempSync(join(tmpdir(), "vsl-synth-"));
  const input: ChildInput = {
    root: options.root,
    platformRoot,
    stage: options.stage,
    dev: options.dev ?? false,
    reallyBuild: options.reallyBuild ?? false,
    work,
    out: join(work, "evaluation.json"),
  };
  const secrets = Object.entries(options.secrets ?? {}).map(([name, value]) => [`SST_SECRET_${name}`, value]);
  try {
    const log = await runChild({
      ...process.env,
      ...Object.fromEntries(secrets),
      SERVICE: options.service ?? "",
      VSL_SYNTH: JSON.stringify(input),
    });
    if (!existsSync(input.out)) throw new Error(`the evaluation of sst.config.ts ended without a result\n${log}`);
    const evaluation: Evaluation = JSON.parse(readFileSync(input.out, "utf8"));
    if (evaluation.errors.length > 0) throw new Error(`sst.config.ts failed:\n${evaluation.errors.join("\n")}`);
    return graphOf(evaluation);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

function runChild(env: NodeJS.ProcessEnv): Promise<string> {
  const child = spawn(process.execPath, ["--no-warnings", fileURLToPath(new URL("./child/run.ts", import.meta.url))], {
    env,
    stdio: ["ignore", "pipe", "pipe"],
  });
  return new Promise((resolve, reject) => {
    let log = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (log += chunk));
    child.on("error", reject);
    child.on("close", () => resolve(log));
  });
}
