/** `npm run docs:events` writes docs/events.md and the contracts' JSON Schemas; `--check` fails when one is not current. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { type AnyEvent, catalogue } from "@vsl/events";
import { cataloguePage } from "@vsl/events/catalogue-page";
import { contractFile, contractOf } from "@vsl/events/contracts";
import { hears as intake } from "../services/intake/src/hears.ts";
import { hears as ledger } from "../services/ledger/src/hears.ts";
import { hears as replicateBridge } from "../services/replicate-bridge/src/hears.ts";
import { hears as storage } from "../services/storage/src/hears.ts";

const root = fileURLToPath(new URL("../", import.meta.url));
const subscriptions: Record<string, readonly AnyEvent[]> = {
  intake,
  "replicate-bridge": replicateBridge,
  storage,
  ledger,
};

const hearersOf = (event: AnyEvent) =>
  Object.entries(subscriptions)
    .filter(([, hears]) => hears.some(({ name }) => name === event.name))
    .map(([service]) => (service === event.announcedBy ? `${service} (replays only)` : service));

const files: Record<string, string> = {
  [join(root, "docs", "events.md")]: cataloguePage(catalogue, hearersOf),
  ...Object.fromEntries(
    catalogue.map((event) => [join(root, "packages", "events", "contracts", contractFile(event)), contractOf(event)]),
  ),
};

const stale = Object.entries(files).filter(([file, text]) => !existsSync(file) || readFileSync(file, "utf8") !== text);
const names = stale.map(([file]) => relative(root, file)).join(", ");
if (process.argv.includes("--check")) {
  if (stale.length > 0) {
    console.error(
      `${names} no longer follow from packages/events: run "npm run docs:events" and review the change as one of the API.`,
    );
    process.exitCode = 1;
  }
} else {
  for (const [file, text] of stale) {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
  console.log(stale.length > 0 ? `wrote ${names}` : "everything is current");
}
