import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { readLogs } from "@vsl/local-cloud";
import { type Command, Misuse } from "../command.ts";
import { type Level, type LogLine, levels, parseLogLine, renderLogLine } from "../log-line.ts";

const usage = `Usage: npm run vsl -- logs <service> [options]

  --follow, -f      wait for more lines, until Ctrl-C; begins ten minutes ago unless --since says otherwise
  --since <age>     only lines of the last 30s, 5m, 2h or 1d
  --level <level>   only this level and above: ${levels.join(", ")}
  --json            lines as they were written`;

const followedSinceMs = 10 * 60_000;
const unitMs = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** The log of one service, in the words of its own lines. */
export const logs: Command = {
  summary: "read a service's log",
  usage,
  async run(args, { dataDir, print, interrupted, now }) {
    const { service, follow, sinceMs, level, json } = readArguments(args);
    await checkService(service, dataDir);
    const from = sinceMs === undefined ? undefined : now() - sinceMs;
    let isWanted = true;
    for await (const raw of readLogs(service, { dataDir, ...(follow && { follow: interrupted }) })) {
      if (interrupted.aborted) return;
      const line = parseLogLine(raw);
      // A line without a time or a level, such as a stack trace, belongs to the line before it.
      if (line.time !== undefined || line.level !== undefined) isWanted = isOf(line, from, level);
      if (isWanted) print(json ? raw : renderLogLine(line));
    }
  },
};

const isOf = (line: LogLine, from: number | undefined, level: Level | undefined) =>
  (from === undefined || line.time === undefined || line.time >= from) &&
  (level === undefined || line.level === undefined || levels.indexOf(line.level) >= levels.indexOf(level));

function readArguments(args: string[]) {
  const { values, positionals } = parse(args);
  const [service, ...more] = positionals;
  if (service === undefined || more.length > 0) throw new Misuse(usage);
  const level = values.level === undefined ? undefined : readLevel(values.level);
  const followedSince = values.follow ? followedSinceMs : undefined;
  const sinceMs = values.since === undefined ? followedSince : readAge(values.since);
  return { service, follow: values.follow, json: values.json, level, sinceMs };
}

function parse(args: string[]) {
  try {
    return parseArgs({
      args,
      allowPositionals: true,
      options: {
        follow: { type: "boolean", short: "f", default: false },
        json: { type: "boolean", default: false },
        since: { type: "string" },
        level: { type: "string" },
      },
    });
  } catch (error) {
    throw new Misuse(`${error instanceof Error ? error.message : error}\n\n${usage}`);
  }
}

function readAge(text: string): number {
  const [, count, unit] = /^(\d+)([smhd])$/.exec(text) ?? [];
  if (unit === "s" || unit === "m" || unit === "h" || unit === "d") return Number(count) * unitMs[unit];
  throw new Misuse(`--since must look like 30s, 5m, 2h or 1d, and is "${text}".`);
}

function readLevel(text: string): Level {
  const level = levels.find((each) => each === text.toUpperCase());
  if (level !== undefined) return level;
  throw new Misuse(`--level must be one of ${levels.join(", ")}, and is "${text}".`);
}

async function checkService(service: string, dataDir: string): Promise<void> {
  const files = await readdir(join(dataDir, "logs")).catch(() => []);
  const services = files.flatMap((file) => (file.endsWith(".log") ? [file.slice(0, -".log".length)] : []));
  if (services.includes(service)) return;
  if (services.length === 0) throw new Misuse(`There are no logs in ${dataDir} yet: run "npm start" first.`);
  throw new Misuse(`There is no service "${service}"; there are: ${services.toSorted().join(", ")}.`);
}
