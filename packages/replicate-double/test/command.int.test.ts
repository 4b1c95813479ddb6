import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import Replicate from "replicate";
import { expect, onTestFinished, test } from "vitest";
import { hello, temporaryDirectory } from "./harness.ts";

const command = fileURLToPath(new URL("../bin/replicate-double.mjs", import.meta.url));

function run(...args: string[]): ChildProcess {
  const child = spawn(process.execPath, [command, ...args], { stdio: ["ignore", "pipe", "pipe"] });
  onTestFinished(() => {
    child.kill("SIGKILL");
  });
  return child;
}

/** Reads what it prints at the start, up to the line that names this. */
async function readUntil(child: ChildProcess, label: RegExp): Promise<string> {
  if (!child.stdout) throw new Error("The command has no output");
  for await (const line of createInterface({ input: child.stdout })) {
    const value = label.exec(line)?.[1];
    if (value) return value;
  }
  throw new Error("The command ended without it");
}

const clientAt = (baseUrl: string) => new Replicate({ auth: "r8_replicate_double", baseUrl });

test("what was acknowledged survives kill -9", async () => {
  const data = await temporaryDirectory();
  const first = run("--port", "0", "--data", data, "--time-scale", "1");
  const created = await clientAt(await readUntil(first, /baseUrl\s+(\S+)/)).predictions.create({
    ...hello,
  });
  first.kill("SIGKILL");
  await once(first, "exit");

  const second = run("--port", "0", "--data", data);
  const found = await clientAt(await readUntil(second, /baseUrl\s+(\S+)/)).predictions.get(created.id);
  expect(found).toMatchObject({ id: created.id, created_at: created.created_at, input: created.input });
});

test("plants faults from its flags, and ends by itself when it is interrupted", async () => {
  const file = join(await temporaryDirectory(), "faults.json");
  await writeFile(file, JSON.stringify([{ times: 1, fault: { kind: "status", status: 503 } }]));
  const child = run("--port", "0", "--faults", file, "--fault", '{"fault": {"kind": "status", "status": 402}}');
  const baseUrl = await readUntil(child, /baseUrl\s+(\S+)/);
  const statuses = [await fetch(baseUrl), await fetch(baseUrl)].map(({ status }) => status);
  expect(statuses).toEqual([503, 402]);
  child.kill("SIGINT");
  expect(await once(child, "exit")).toEqual([0, null]);
});

test("a flag that it does not know is an error that shows the ones it knows", async () => {
  const child = run("--prot", "1");
  const complaint = await new Response(child.stderr ? ReadableStream.from(child.stderr) : null).text();
  expect(complaint).toContain("Unknown option '--prot'");
  expect(complaint).toContain("--port");
});
