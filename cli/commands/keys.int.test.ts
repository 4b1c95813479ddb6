import { once } from "node:events";
import { readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createDynamodb } from "@vsl/local-cloud/dynamodb";
import { createEndpoint } from "@vsl/local-cloud/endpoint";
import { parseTopology } from "@vsl/local-cloud/topology";
import { afterAll, beforeAll, expect, test } from "vitest";
import { keys } from "./keys.ts";

const topologyFile = new URL("../../infra/topology.json", import.meta.url);
const stack = new AsyncDisposableStack();
let dataDir: string;

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "vsl-keys-"));
  stack.defer(() => rm(dataDir, { recursive: true }));
  const { region, account, tables } = parseTopology(JSON.parse(readFileSync(topologyFile, "utf8")));
  const dynamodb = createDynamodb({ dataDir: join(dataDir, "dynamodb"), region, account });
  stack.defer(() => dynamodb.close());
  for (const table of tables) await dynamodb.applyTable(table);
  const s3 = () => Promise.reject(new Error("there is no S3 here"));
  const server = createEndpoint({ services: [dynamodb], s3, report: () => {} }).listen(0, "127.0.0.1");
  stack.defer(() => {
    server.close();
    server.closeAllConnections();
  });
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  await writeFile(join(dataDir, "aws-endpoint-url"), `http://127.0.0.1:${address.port}\n`);
});
afterAll(() => stack.disposeAsync());

async function run(...args: string[]): Promise<string[]> {
  const lines: string[] = [];
  const print = (line: string) => void lines.push(line);
  await keys.run(args, { dataDir, print, interrupted: new AbortController().signal, now: Date.now });
  return lines;
}

test("a key is shown once, listed without it, and revoked by the id that the list gives", async () => {
  const [key = "", told = ""] = await run("create", "--account", "acme", "--name", "laptop");
  expect(key).toMatch(/^vsl_[A-Za-z0-9_-]{43}$/);
  const id = /acme\/[0-9a-f]{12}/.exec(told)?.[0] ?? "";
  const [listed = ""] = await run("list", "--account", "acme");
  expect(listed).toMatch(new RegExp(`^${id} {2}laptop {2}created .+ {2}never used$`));
  expect(listed).not.toContain(key.slice(4, 20));
  expect(await run("revoke", id)).toEqual([expect.stringContaining(`${id} ("laptop") is revoked since `)]);
  expect((await run("list", "--account", "acme"))[0]).toContain("revoked ");
});

test("an account without keys is no error", async () => {
  expect(await run("list", "--account", "nobody")).toEqual(["nobody has no keys."]);
});

test.each([
  [["revoke", "acme/000000000000"], "The account has no such key."],
  [["revoke", "000000000000"], "is no key's id, such as acme/"],
  [["list", "--account", "a b"], '"a b" is no account'],
  [["create", "--account", "acme", "--name", " "], "A key's name has 1 to 64 characters."],
])("what is wrong with %j is said in a line", async (args, message) => {
  await expect(run(...args)).rejects.toThrow(message);
});

test("that nothing runs here is said in a line, with the remedy", async () => {
  const stopped = await mkdtemp(join(tmpdir(), "vsl-keys-"));
  stack.defer(() => rm(stopped, { recursive: true }));
  // Port 1 of loopback: nobody listens there.
  await writeFile(join(stopped, "aws-endpoint-url"), "http://127.0.0.1:1\n");
  const listing = keys.run(["list", "--account", "acme"], {
    dataDir: stopped,
    print: () => {},
    interrupted: new AbortController().signal,
    now: Date.now,
  });
  await expect(listing).rejects.toThrow("Nothing answers at http://127.0.0.1:1: start VSL with npm start.");
});

test.each([
  [[]],
  [["create", "--account", "acme"]],
  [["list"]],
  [["revoke"]],
  [["destroy", "all"]],
  [["list", "--all"]],
])("%j is answered with the usage", async (args) => {
  await expect(run(...args)).rejects.toThrow("Usage: npm run vsl -- keys create");
});
