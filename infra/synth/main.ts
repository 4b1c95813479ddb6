/**
 * `npm run synth` writes what follows from `sst.config.ts`; `--check` fails when a written file is not current; `--root <folder>`
 * does so for another app, whose `topology.json` is then beside its config.
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { secretHints } from "../secrets.ts";
import { evaluate } from "./evaluate.ts";
import { linksFile } from "./links-file.ts";
import { topologyOf } from "./topology.ts";

const home = fileURLToPath(new URL("../../", import.meta.url));
const { values } = parseArgs({ options: { root: { type: "string" }, check: { type: "boolean", default: false } } });
const root = values.root === undefined ? home : resolve(values.root);
const isHome = relative(home, root) === "";
const secrets = Object.fromEntries((isHome ? Object.keys(secretHints) : []).map((name) => [name, "set-at-boot"]));

const graph = await evaluate({ root, platformRoot: home, stage: "local", secrets });
const files = {
  [join(root, isHome ? "infra" : "", "topology.json")]: `${JSON.stringify(topologyOf(graph), null, 2)}\n`,
  [join(root, "sst-env.d.ts")]: linksFile(graph.links()),
};

const stale = Object.entries(files).filter(([file, text]) => !existsSync(file) || readFileSync(file, "utf8") !== text);
const names = stale.map(([file]) => relative(home, file)).join(", ");
if (values.check) {
  if (stale.length > 0) {
    console.error(
      `${names} no longer follow from sst.config.ts: run "npm run synth${isHome ? "" : ` -- --root ${relative(home, root)}`}" and commit what it writes.`,
    );
    process.exitCode = 1;
  }
} else {
  for (const [file, text] of stale) writeFileSync(file, text);
  console.log(stale.length > 0 ? `wrote ${names}` : "everything is current");
}
