/** `npm run synth` writes what follows from `sst.config.ts`; `--check` fails when a written file is not current. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { secretHints } from "../secrets.ts";
import { evaluate } from "./evaluate.ts";
import { linksFile } from "./links-file.ts";
import { topologyOf } from "./topology.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const secrets = Object.fromEntries(Object.keys(secretHints).map((name) => [name, "set-at-boot"]));

const graph = await evaluate({ root, stage: "local", secrets });
const files = {
  [join(root, "infra", "topology.json")]: `${JSON.stringify(topologyOf(graph), null, 2)}\n`,
  [join(root, "sst-env.d.ts")]: linksFile(graph.links()),
};

const stale = Object.entries(files).filter(([file, text]) => !existsSync(file) || readFileSync(file, "utf8") !== text);
const names = stale.map(([file]) => relative(root, file)).join(", ");
if (process.argv.includes("--check")) {
  if (stale.length > 0) {
    console.error(`${names} no longer follow from sst.config.ts: run "npm run synth" and commit what it writes.`);
    process.exitCode = 1;
  }
} else {
  for (const [file, text] of stale) writeFileSync(file, text);
  console.log(stale.length > 0 ? `wrote ${names}` : "everything is current");
}
