import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { fixtureTopology } from "../test/fixtures/fixture-topology.ts";
import { fixtureFunction, fixtureRoot } from "../test/fixtures/function-topology.ts";

const bin = fileURLToPath(new URL("../bin/local-cloud.mjs", import.meta.url));

let folder: string;
const children: ChildProcess[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "local-cloud-bin-"));
});

afterEach(async () => {
  for (const child of children.splice(0)) {
    if (child.exitCode === null && child.signalCode === null && child.kill("SIGKILL")) await once(child, "exit");
  }
  await rm(folder, { recursive: true, maxRetries: 10 });
});

function run(...args: string[]) {
  const child = spawn(process.execPath, [bin, ...args], { stdio: ["ignore", "pipe", "pipe"] });
  children.push(child);
  const lines: string[] = [];
  for (const output of [child.stdout, child.stderr]) createInterface(output).on("line", (line) => lines.push(line));
  return { child, lines, ended: once(child, "close") };
}

/** Starts with whatever the topology links, and waits for its address. */
async function boot(topology = fixtureTopology()) {
  const file = join(folder, "topology.json");
  await writeFile(file, JSON.stringify(topology));
  const options = ["--root", fixtureRoot, "--data", join(folder, "data"), "--port", "0", "--aws-port", "0"];
  const running = run("--topology", file, ...options, "--secret", "Token=t0ken");
  const url = await vi.waitFor(() => {
    const line = running.lines.find((said) => said.startsWith("gateway"));
    expect(line, running.lines.join("\n")).toBeDefined();
    return line?.split(/\s+/)[1] ?? "";
  }, 20_000);
  return { ...running, url };
}

const isAlive = (pid: number) => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

const pidTopology = () =>
  fixtureTopology({
    functions: [...fixtureTopology().functions, fixtureFunction("echo"), fixtureFunction("spin")],
    routes: [
      { routeKey: "GET /pid", function: "echo" },
      { routeKey: "GET /spin", function: "spin" },
    ],
  });

async function servicePid(url: string): Promise<number> {
  const { pid } = Object(await (await fetch(`${url}/pid`)).json());
  return pid;
}

describe("the command", () => {
  it("explains itself, and what is missing", async () => {
    const help = run("--help");
    await help.ended;
    expect(help.lines.join("\n")).toContain("--topology <file>");
    const bare = run();
    await bare.ended;
    expect([bare.child.exitCode, bare.lines]).toEqual([1, ["--topology is missing; see --help."]]);
  });

  it("stops everything when it is interrupted", async () => {
    const { child, url, ended, lines } = await boot(pidTopology());
    const pid = await servicePid(url);
    child.kill("SIGINT");
    await ended;
    expect([child.exitCode, lines.at(-1)]).toEqual([0, "stopping"]);
    expect(isAlive(pid)).toBe(false);
  });

  it("takes its functions with it when it is killed, even one that hears of nothing, and starts again", async () => {
    const first = await boot(pidTopology());
    const pid = await servicePid(first.url);
    const spinning = fetch(`${first.url}/spin`).catch(() => undefined);
    const log = join(folder, "data", "logs", "one.log");
    await vi.waitFor(async () => expect(await readFile(log, "utf8")).toContain("spinning"), 5_000);
    first.child.kill("SIGKILL");
    await vi.waitFor(() => expect(isAlive(pid)).toBe(false), 5_000);
    await Promise.all([first.ended, spinning]);
    const second = await boot(pidTopology());
    expect(await servicePid(second.url)).not.toBe(pid);
  });

  it("starts the engines that functions link, on ports that it keeps", async () => {
    const links = { Db: { type: "sst.aws.Postgres" }, Cache: { type: "sst.aws.Redis" } };
    const linking = fixtureFunction("environment", { links });
    const topology = fixtureTopology({
      functions: [...fixtureTopology().functions, linking],
      routes: [{ routeKey: "GET /links", function: "environment" }],
    });
    const resources = async (url: string) => {
      const seen = Object(await (await fetch(`${url}/links`)).json());
      return { db: JSON.parse(seen.SST_RESOURCE_Db), cache: JSON.parse(seen.SST_RESOURCE_Cache) };
    };
    const first = await boot(topology);
    const seen = await resources(first.url);
    expect(seen.db).toMatchObject({ type: "sst.aws.Postgres", host: "127.0.0.1", username: expect.any(String) });
    expect(seen.cache).toMatchObject({ type: "sst.aws.Redis", host: "127.0.0.1", port: expect.any(Number) });
    first.child.kill("SIGTERM");
    await first.ended;
    const second = await boot(topology);
    expect(await resources(second.url)).toEqual(seen);
    second.child.kill("SIGTERM");
    await second.ended;
  });
});
