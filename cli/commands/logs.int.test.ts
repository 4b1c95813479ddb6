import { appendFile, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { logs } from "./logs.ts";

const now = Date.parse("2026-03-04T10:00:00Z");
const line = (minutesAgo: number, level: string) =>
  JSON.stringify({
    level,
    message: `${level} ${minutesAgo}`,
    timestamp: new Date(now - minutesAgo * 60_000).toISOString(),
  });

let dataDir: string;
let file: string;
let interrupt: AbortController;
const printed: string[] = [];

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "vsl-logs-"));
  await mkdir(join(dataDir, "logs"));
  file = join(dataDir, "logs", "intake.log");
  await writeFile(
    file,
    [line(30, "INFO"), line(20, "ERROR"), "    at old", line(2, "WARN"), "    at new", line(1, "INFO"), ""].join("\n"),
  );
  await writeFile(join(dataDir, "logs", "storage.log"), "");
  interrupt = new AbortController();
  printed.length = 0;
});

afterEach(() => rm(dataDir, { recursive: true }));

const run = (...args: string[]) =>
  logs.run(args, { dataDir, print: (text) => printed.push(text), interrupted: interrupt.signal, now: () => now });

describe("vsl logs", () => {
  it("prints the whole log", async () => {
    await run("intake");
    expect(printed).toHaveLength(6);
    expect(printed[1]).toContain("ERROR 20");
  });

  it("prints what is young and grave enough, and the stack trace that goes with it", async () => {
    await run("intake", "--since", "5m", "--level", "warn", "--json");
    expect(printed).toEqual([line(2, "WARN"), "    at new"]);
  });

  it("follows from ten minutes ago until it is interrupted", async () => {
    const following = run("intake", "--follow", "--json");
    await vi.waitFor(() => expect(printed).toHaveLength(3));
    await appendFile(file, `${line(0, "INFO")}\n`);
    await vi.waitFor(() => expect(printed.at(-1)).toBe(line(0, "INFO")));
    interrupt.abort();
    await following;
  });

  it.each([
    [["nobody"], 'There is no service "nobody"; there are: intake, storage.'],
    [["intake", "--since", "soon"], "--since must look like 30s, 5m, 2h or 1d"],
    [["intake", "--level", "LOUD"], "--level must be one of DEBUG, INFO, WARN, ERROR"],
    [["intake", "--colour"], "Unknown option '--colour'"],
    [[], "Usage: npm run vsl -- logs <service>"],
  ])("says what is wrong with %j", async (args, message) => {
    await expect(run(...args)).rejects.toThrow(message);
  });

  it("says what to do where nothing has run", async () => {
    await rm(join(dataDir, "logs"), { recursive: true });
    await expect(run("intake")).rejects.toThrow('run "npm start" first');
  });
});
