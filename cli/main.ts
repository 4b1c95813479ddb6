/** `npm run vsl -- <command>`: looks into what `npm start` runs, and works on it. */
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { type Command, Misuse } from "./command.ts";
import { dlq } from "./commands/dlq.ts";
import { doctor } from "./commands/doctor.ts";
import { keys } from "./commands/keys.ts";
import { logs } from "./commands/logs.ts";
import { replay } from "./commands/replay.ts";

const commands: Record<string, Command> = { doctor, dlq, keys, logs, replay };

const root = fileURLToPath(new URL("../", import.meta.url));
const interrupt = new AbortController();
process.once("SIGINT", () => interrupt.abort());
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  // `vsl logs … | head` has read enough.
  if (error.code !== "EPIPE") throw error;
  interrupt.abort();
});

try {
  await main(process.argv.slice(2));
} catch (error) {
  console.error(error instanceof Misuse ? error.message : error);
  process.exitCode = 1;
}

async function main([name, ...args]: string[]): Promise<void> {
  if (name === undefined || name === "--help" || name === "help") return console.log(overview());
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (command === undefined) throw new Misuse(`There is no command "${name}".\n\n${overview()}`);
  if (args.includes("--help")) return console.log(command.usage);
  await command.run(args, {
    dataDir: resolve(root, process.env["VSL_DATA"] || ".vsl"),
    print: (line) => void process.stdout.write(`${line}\n`),
    interrupted: interrupt.signal,
    now: Date.now,
  });
}

function overview(): string {
  const lines = Object.entries(commands).map(([name, { summary }]) => `  ${name.padEnd(8)} ${summary}`);
  return ["Usage: npm run vsl -- <command> [--help]", "", ...lines].join("\n");
}
