import { once } from "node:events";
import { createServer } from "node:net";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { runStart } from "./npm-start.ts";
import { survivorsOf } from "./processes.ts";
import { makeDataDir } from "./system.ts";
import { until } from "./until.ts";

const shared = inject("system");
const anyPorts = { PORT: "0", VSL_AWS_PORT: "0", VSL_REPLICATE_PORT: "0" };
const { dataDir, remove } = await makeDataDir();
const occupant = createServer();
let takenPort = "";
let closedPort = "";

const portOf = (address: ReturnType<typeof occupant.address>) =>
  typeof address === "object" && address ? String(address.port) : "";

beforeAll(async () => {
  const closed = createServer().listen(0, "127.0.0.1");
  occupant.listen(0, "127.0.0.1");
  await Promise.all([once(closed, "listening"), once(occupant, "listening")]);
  takenPort = portOf(occupant.address());
  closedPort = portOf(closed.address());
  closed.close();
});
afterAll(async () => {
  occupant.close();
  await remove();
});

/** The one line in which a start that fails says why, and that nothing of it stays. */
async function reasonOfRefusal(settings: Record<string, string>): Promise<string> {
  const run = runStart({ ...anyPorts, VSL_DATA: dataDir, ...settings });
  const exitCode = await run.ended;
  const lines = run.stderr().split("\n").filter(Boolean);
  expect({ exitCode, lines: lines.length }, run.stderr()).toEqual({ exitCode: 1, lines: 1 });
  expect(await survivorsOf([], dataDir)).toEqual([]);
  return lines.join();
}

test.each(["PORT", "VSL_AWS_PORT", "VSL_REPLICATE_PORT"])("says that the port of %s is taken", async (variable) => {
  const reason = await reasonOfRefusal({ [variable]: takenPort });
  expect(reason).toContain(`Port ${takenPort}`);
  expect(reason).toMatch(new RegExp(`is taken by another program: free it, or choose another with .*${variable}`));
});

test.each([
  [
    "nothing answers",
    () => `postgresql://vsl:secret-word@127.0.0.1:${closedPort}/vsl`,
    /Nothing that speaks Postgres answers at 127\.0\.0\.1:\d+ .*unset it/,
  ],
  [
    "something else answers",
    () => shared.replicateUrl.replace("http://", "postgresql://vsl:secret-word@").concat("/vsl"),
    /Postgres/,
  ],
  [
    "the password is wrong",
    () => shared.databaseUrl.replace(/:[^:@/]+@/, ":secret-word@"),
    /refuses the password of .*DATABASE_URL/,
  ],
  ["it is no URL", () => "secret-word", /DATABASE_URL is not a URL: it must look like postgresql:/],
])("says what is wrong with DATABASE_URL when %s", async (_, databaseUrl, expected) => {
  const reason = await reasonOfRefusal({ DATABASE_URL: databaseUrl() });
  expect(reason).toMatch(expected);
  expect(reason).not.toContain("secret-word");
});

test.each([
  [
    "nothing answers",
    () => `redis://:secret-word@127.0.0.1:${closedPort}`,
    /Nothing that speaks Redis answers at .*unset it/,
  ],
  ["it is no URL", () => "secret-word", /REDIS_URL is not a URL: it must look like redis:/],
])("says what is wrong with REDIS_URL when %s", async (_, redisUrl, expected) => {
  const reason = await reasonOfRefusal({ REDIS_URL: redisUrl() });
  expect(reason).toMatch(expected);
  expect(reason).not.toContain("secret-word");
});

test.each([[[]], [["--fresh"]]])("leaves a folder alone that another start uses, also with %j", async (args) => {
  const run = runStart({ ...anyPorts, VSL_DATA: shared.dataDir }, args);
  expect(await run.ended).toBe(1);
  expect(run.stderr()).toMatch(/is in use by another start: stop that one, or choose another folder with VSL_DATA/);
  expect((await fetch(`${shared.url}/status/none`)).status).toBe(404);
});

test("Ctrl-C amid the start leaves no process behind", async () => {
  const run = runStart({ ...anyPorts, VSL_DATA: dataDir });
  await until("the first step", async () => run.stdout().includes("✓ engines") || undefined);
  run.process.kill("SIGINT");
  await run.ended;
  await until("the end of every process", async () => (await survivorsOf([], dataDir)).length === 0 || undefined);
});
