import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { endLeftover } from "./leftover.ts";

let directory: string;
let elsewhere: string;
const started: ChildProcess[] = [];

beforeEach(async () => {
  directory = await realpath(await mkdtemp(join(tmpdir(), "leftover-")));
  elsewhere = await realpath(await mkdtemp(join(tmpdir(), "leftover-")));
});

afterEach(async () => {
  for (const child of started.splice(0)) child.kill("SIGKILL");
  await rm(directory, { recursive: true });
  await rm(elsewhere, { recursive: true });
});

/** Stands for a postmaster: a process that works in the data's folder and has it in its arguments. */
async function startIn(folder: string): Promise<ChildProcess> {
  const child = spawn(process.execPath, ["-e", "setInterval(() => {}, 1e6); console.log()", folder], { cwd: folder });
  started.push(child);
  await once(child.stdout, "data");
  await writeFile(join(directory, "postmaster.pid"), `${child.pid}\n${directory}\n`);
  return child;
}

test("ends a process that was left behind on the data", async () => {
  const left = await startIn(directory);
  await endLeftover(directory, undefined);
  expect(left.signalCode ?? (await once(left, "exit"))[1]).toBe("SIGINT");
});

test("refuses, and ends nothing, while the one who started it lives", async () => {
  const used = await startIn(directory);
  await expect(endLeftover(directory, process.pid)).rejects.toThrow(`started by process ${process.pid}`);
  expect(used.exitCode).toBeNull();
});

test("leaves a process alone that merely has the pid now", async () => {
  const other = await startIn(elsewhere);
  await endLeftover(directory, undefined);
  expect(other.exitCode).toBeNull();
  expect(other.signalCode).toBeNull();
});

test("has nothing to do where nothing ran or the pid is nobody's", async () => {
  await endLeftover(directory, undefined);
  await writeFile(join(directory, "postmaster.pid"), "99999999\n");
  await endLeftover(directory, undefined);
});
