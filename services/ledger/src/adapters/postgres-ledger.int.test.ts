import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Permanent } from "@vsl/events";
import { startPostgres } from "@vsl/local-cloud/postgres";
import fc from "fast-check";
import pg from "pg";
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from "vitest";
import type { DatabaseLink } from "../database-link.ts";
import type { LedgerEvent } from "../facts.ts";
import { recordFacts } from "../record-facts.ts";
import { delivered, story } from "../test-facts.ts";
import { createPostgresLedger } from "./postgres-ledger.ts";
import { listPending, migrate } from "./postgres-migrations.ts";
import { createPool } from "./postgres-pool.ts";
import { createPostgresPreview } from "./postgres-preview.ts";

interface Server {
  link: DatabaseLink;
  stop: () => Promise<void>;
}

describe("on the embedded Postgres", () => describeLedger(embedded));
describe.runIf(process.env["VSL_TEST_DATABASE_URL"])("on a real server", () =>
  describeLedger(() => given(process.env["VSL_TEST_DATABASE_URL"] ?? "")),
);

async function embedded(): Promise<Server> {
  const dataDir = await mkdtemp(join(tmpdir(), "vsl-ledger-"));
  const postgres = await startPostgres({ dataDir, port: 0, report: () => {} });
  const stop = async () => {
    await postgres.stop();
    await rm(dataDir, { recursive: true, force: true });
  };
  return { link: postgres, stop };
}

/** A database of its own on a server that others use too. */
async function given(url: string): Promise<Server> {
  const { hostname: host, port, username, password } = new URL(url);
  const database = `vsl_ledger_${process.pid}`;
  const admin = new pg.Client({ connectionString: url });
  await admin.connect();
  await admin.query(`CREATE DATABASE ${database}`);
  const stop = async () => {
    await admin.query(`DROP DATABASE ${database} WITH (FORCE)`);
    await admin.end();
  };
  return {
    link: { host, port: Number(port || 5432), username, password: decodeURIComponent(password), database },
    stop,
  };
}

function describeLedger(start: () => Promise<Server>): void {
  let server: Server;
  let pool: pg.Pool;
  const tables = ["events", "jobs", "media_outputs", "model_configurations", "entries", "usage_tracking"];

  beforeAll(async () => {
    server = await start();
    await Promise.all(Array.from({ length: 5 }, () => migrate(server.link)));
    pool = createPool(server.link);
  });
  afterAll(async () => {
    await pool.end();
    await server.stop();
  });
  beforeEach(async () => {
    await pool.query(`TRUNCATE ${tables.join(", ")}`);
  });

  const record = (events: readonly LedgerEvent[]) => recordFacts(createPostgresLedger(pool), events);

  /** Every row of every table, in the order of its text. */
  async function dump(): Promise<Record<string, string[]>> {
    const dumped = await Promise.all(
      tables.map(async (table) => {
        const { rows } = await pool.query<{ row: string }>(`SELECT t::text AS row FROM ${table} t ORDER BY 1`);
        return [table, rows.map(({ row }) => row)] as const;
      }),
    );
    return Object.fromEntries(dumped);
  }

  const jobs = [
    "019a9f3c-5a00-7cc3-98c4-dc0c0c073981",
    "019a9f3c-5a00-7cc3-98c4-dc0c0c073982",
    "019a9f3c-5a00-7cc3-98c4-dc0c0c073983",
  ];
  const history = jobs.flatMap((job, index) => {
    const { requested, started, completed, stored, lost } = story({ job });
    return [requested, started, completed, index === 2 ? lost : stored].map((each) => delivered(each));
  });

  test("migrations that were run are not run again", async () => {
    expect(await migrate(server.link)).toEqual([]);
  });

  test("migrations that the database does not have are told, and not run", async () => {
    expect(await listPending(server.link)).toEqual([]);
    const folder = await mkdtemp(join(tmpdir(), "vsl-migrations-"));
    onTestFinished(() => rm(folder, { recursive: true }));
    await Promise.all(
      ["0001_ledger", "0002_more"].map((name) => writeFile(join(folder, `${name}.sql`), "CREATE TABLE more ();")),
    );
    expect(await listPending(server.link, { folder })).toEqual(["0002_more"]);
    expect(await listPending(server.link, { folder })).toEqual(["0002_more"]);
  });

  test("a job leaves a row in all four tables of the guide, and the charge beside its quote", async () => {
    await record(history.slice(0, 4));
    const { rows } = await pool.query("SELECT job_id, status, media_type FROM jobs ORDER BY created_at DESC LIMIT 5");
    expect(rows).toEqual([{ job_id: jobs[0], status: "completed", media_type: "image" }]);
    const { rows: entries } = await pool.query("SELECT kind, amount_micros FROM entries ORDER BY kind");
    expect(entries).toEqual([
      { kind: "charge", amount_micros: 3000 },
      { kind: "quote", amount_micros: 3000 },
    ]);
    const { rows: usage } = await pool.query(
      "SELECT day::text, jobs_completed, outputs, charged_micros FROM usage_tracking",
    );
    expect(usage).toEqual([{ day: "2026-11-20", jobs_completed: 1, outputs: 1, charged_micros: 3000 }]);
    for (const table of ["media_outputs", "model_configurations"]) {
      expect((await pool.query(`SELECT count(*) FROM ${table}`)).rows).toEqual([{ count: 1 }]);
    }
  });

  test("the same history gives the same rows: in any order, in any batches, twice", async () => {
    await record(history);
    const once = await dump();
    await record(history);
    expect(await dump()).toEqual(once);
    const orders = fc.shuffledSubarray([...history, ...history], { minLength: history.length * 2 });
    await fc.assert(
      fc.asyncProperty(orders, fc.integer({ min: 1, max: 10 }), async (order, size) => {
        await pool.query(`TRUNCATE ${tables.join(", ")}`);
        for (let at = 0; at < order.length; at += size) await record(order.slice(at, at + size));
        expect(await dump()).toEqual(once);
      }),
      { numRuns: 8 },
    );
  });

  test("concurrent batches over the same jobs neither dead-lock nor lose a sum", async () => {
    await record(history);
    const once = await dump();
    await pool.query(`TRUNCATE ${tables.join(", ")}`);
    const batches = [history, history.toReversed(), history.slice(3), history.slice(0, 9)];
    await Promise.all(batches.map((batch) => record(batch)));
    expect(await dump()).toEqual(once);
  });

  describe("a preview", () => {
    const preview = async (events: readonly LedgerEvent[]) => {
      const rows = await createPostgresPreview(pool)(events);
      const counted = Object.groupBy(rows, ({ table, change }) => `${table} ${change}`);
      return Object.fromEntries(Object.entries(counted).map(([what, own]) => [what, own?.length]));
    };
    const [first, second] = [history.slice(0, 4), history.slice(4, 8)];

    test("of a history that is not there tells the rows that it would add, and adds none", async () => {
      expect(await preview(first)).toEqual({
        ...{ "events added": 4, "jobs added": 1, "media_outputs added": 1, "entries added": 2 },
        ...{ "model_configurations added": 1, "usage_tracking added": 1 },
      });
      expect(Object.values(await dump()).flat()).toEqual([]);
    });

    test("of a history that is there finds every row equal", async () => {
      await record(first);
      const once = await dump();
      const told = await preview(first);
      expect(Object.keys(told).filter((what) => !what.endsWith("equal"))).toEqual([]);
      expect(told).toMatchObject({ "events equal": 4, "usage_tracking equal": 1 });
      expect(await dump()).toEqual(once);
    });

    test("tells rows that change: those of the job, and the sums that it shares with others", async () => {
      await record([...first, ...second.slice(0, 1)]);
      expect(await preview(second)).toMatchObject({
        ...{ "events added": 3, "events equal": 1, "jobs changed": 1, "entries added": 1, "usage_tracking changed": 1 },
      });
    });

    test("tells the truth: what is recorded afterwards adds as many rows", async () => {
      await record(first);
      const before = await dump();
      const told = await preview(history);
      await record(history);
      const after = await dump();
      for (const table of tables) {
        const added = (after[table]?.length ?? 0) - (before[table]?.length ?? 0);
        expect(told[`${table} added`] ?? 0, table).toBe(added);
      }
    });
  });

  test("SQL in a text is a text", async () => {
    const modelId = "x'); DROP TABLE jobs; -- $$";
    await record([delivered(story({ requested: { modelId } }).requested)]);
    expect((await pool.query("SELECT model_id FROM jobs")).rows).toEqual([{ model_id: modelId }]);
  });

  test("what Postgres can never take is permanent, and leaves nothing behind", async () => {
    const nul = delivered(story({ requested: { input: { prompt: "a\u0000b" } } }).requested);
    await expect(record([nul])).rejects.toThrow(Permanent);
    expect((await dump())["events"]).toEqual([]);
  });

  test("a server that is gone is a temporary error", async () => {
    const gone = createPool({ ...server.link, port: 1 });
    const attempt = recordFacts(createPostgresLedger(gone), history);
    await expect(attempt).rejects.toThrow("Postgres cannot be reached");
    await expect(attempt).rejects.not.toBeInstanceOf(Permanent);
    await gone.end();
  });
}
