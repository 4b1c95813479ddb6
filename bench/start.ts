/**
 * `npm run bench:start`: how long `npm start` takes to the first 202, and what memory everything holds when idle, beside an idle bare
 * Node process in the same run. Linux only (it reads /proc). Memory is PSS: shared pages are counted once.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../", import.meta.url));
const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
const idleSeconds = 10;
const runs = 3;

const bare = await measureBareNode();
console.log(`bare Node, idle: up in ${bare.seconds.toFixed(2)} s, ${bare.mebibytes.toFixed(0)} MiB\n`);
console.log("run  first start  first 202  again  idle MiB  of which");
for (let run = 1; run <= runs; run++) {
  const dataDir = mkdtempSync(join(tmpdir(), "vsl-bench-"));
  try {
    const first = await measureStart(dataDir, { idle: false });
    const again = await measureStart(dataDir, { idle: true });
    const total = sum(Object.values(again.mebibytes));
    const parts = Object.entries(again.mebibytes).map(([name, mebibytes]) => `${name} ${mebibytes.toFixed(0)}`);
    console.log(
      `${run}    ${first.upSeconds.toFixed(1)} s        ${first.acceptedSeconds.toFixed(1)} s      ${again.acceptedSeconds.toFixed(1)} s  ${total.toFixed(0)}       ${parts.join(", ")}` +
        `\n     first 202 takes ${(first.acceptedSeconds / bare.seconds).toFixed(0)} times a bare Node's start, memory is ${(total / bare.mebibytes).toFixed(0)} times its`,
    );
  } finally {
    rmSync(dataDir, { recursive: true, force: true });
  }
}

async function measureBareNode() {
  const startedAt = performance.now();
  const child = spawn(process.execPath, ["-e", "console.log('up'); setInterval(() => {}, 1e6)"]);
  await once(child.stdout, "data");
  const seconds = (performance.now() - startedAt) / 1000;
  await sleep(1000);
  const mebibytes = pssMebibytes(child.pid ?? 0);
  child.kill();
  await once(child, "exit");
  return { seconds, mebibytes };
}

async function measureStart(dataDir: string, { idle }: { idle: boolean }) {
  const [port, awsPort, replicatePort] = await Promise.all([freePort(), freePort(), freePort()]);
  const startedAt = performance.now();
  const child = spawn(process.execPath, [join(root, "start", "guard.mjs")], {
    env: {
      ...process.env,
      ...{
        PORT: String(port),
        VSL_AWS_PORT: String(awsPort),
        VSL_REPLICATE_PORT: String(replicatePort),
        VSL_DATA: dataDir,
      },
    },
  });
  let output = "";
  child.stderr.on("data", (chunk) => (output += chunk));
  await new Promise<void>((resolve, reject) => {
    child.stdout.on("data", (chunk) => {
      output += chunk;
      if (output.includes("Ctrl-C")) resolve();
    });
    child.once("exit", () => reject(new Error(`npm start ended:\n${output}`)));
  });
  const upSeconds = (performance.now() - startedAt) / 1000;
  const { status } = await fetch(`http://127.0.0.1:${port}/generate-media`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({
      userId: "bench",
      mediaType: "image",
      modelId: "flux-schnell",
      parameters: { prompt: "a bench" },
    }),
  });
  if (status !== 202) throw new Error(`the first call was answered ${status}`);
  const acceptedSeconds = (performance.now() - startedAt) / 1000;
  if (idle) await sleep(idleSeconds * 1000);
  const mebibytes = memoryOfTree(child.pid ?? 0);
  child.removeAllListeners("exit");
  child.kill("SIGINT");
  await once(child, "exit");
  return { upSeconds, acceptedSeconds, mebibytes };
}

/** By what the processes are, from the process table: children of children included. */
function memoryOfTree(pid: number): Record<string, number> {
  const processes = readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const parent = Number(/^PPid:\s+(\d+)/m.exec(readFileSync(`/proc/${name}/status`, "utf8"))?.[1]);
        return [{ pid: Number(name), parent, command: readFileSync(`/proc/${name}/cmdline`, "utf8") }];
      } catch {
        return []; // It ended while we looked.
      }
    });
  const tree = new Set([pid]);
  for (let grown = true; grown; ) {
    const before = tree.size;
    for (const { pid: child, parent } of processes) if (tree.has(parent)) tree.add(child);
    grown = tree.size > before;
  }
  const memory: Record<string, number> = {};
  for (const { pid: member, command } of processes) {
    if (!tree.has(member)) continue;
    const name =
      member === pid
        ? "cloud and double"
        : /postgres/.test(command)
          ? "Postgres"
          : /redis|valkey/.test(command)
            ? "Redis"
            : "services";
    memory[name] = (memory[name] ?? 0) + pssMebibytes(member);
  }
  return memory;
}

function pssMebibytes(pid: number): number {
  try {
    return Number(/^Pss:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, "utf8"))?.[1] ?? 0) / 1024;
  } catch {
    return 0; // It ended while we looked.
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (typeof address !== "object" || address === null) throw new Error("no port");
  return address.port;
}
