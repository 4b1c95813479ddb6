/** `npm run deploy -- --stage homolog [--service ledger]`: secrets first, then the platform, then the services. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { deployStage } from "./deploy-stage.ts";
import { readDeployOptions, usage } from "./options.ts";
import { sstCommand } from "./sst-command.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));

try {
  const options = readDeployOptions(process.argv.slice(2));
  if (options === "help") process.stdout.write(usage);
  else await keepingTypes(() => deployStage({ ...sstCommand(root, options.stage), say: console.log }, options));
} catch (error) {
  console.error(`\n${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}

/** SST rewrites the types of `Resource` for the one app that it deployed; ours are those of all. */
async function keepingTypes(work: () => Promise<void>): Promise<void> {
  const file = join(root, "sst-env.d.ts");
  const types = readFileSync(file, "utf8");
  try {
    await work();
  } finally {
    writeFileSync(file, types);
  }
}
