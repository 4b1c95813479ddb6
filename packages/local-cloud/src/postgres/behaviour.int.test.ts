import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client } from "pg";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { connectPostgres, type Postgres, startPostgres } from "./postgres.ts";

/** What separates a Postgres from a stand-in for one: many clients at once. Holds for the embedded one and for any other. */
function describePostgres(name: string, open: () => Promise<Postgres>) {
  describe(name, () => {
    let postgres: Postgres;
    const clients: Client[] = [];

    beforeAll(async () => {
      postgres = await open();
      const admin = await connect();
      await admin.query("DROP SCHEMA IF EXISTS behaviour CASCADE");
      await admin.query("CREATE SCHEMA behaviour");
    });
    afterEach(async () => {
      for (const client of clients.splice(0)) await client.end();
    });
    afterAll(async () => {
      const admin = await connect();
      await admin.query("DROP SCHEMA behaviour CASCADE");
      await admin.end();
      await postgres.stop();
    });

    async function connect(): Promise<Client> {
      const client = new Client({ connectionString: postgres.url });
      await client.connect();
      clients.push(client);
      return client;
    }

    test("hands two workers different rows, without waiting", async () => {
      const [one, other] = [await connect(), await connect()];
      await one.query("CREATE TABLE behaviour.work AS SELECT id FROM generate_series(1, 2) id");
      const take = "SELECT id FROM behaviour.work ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED";
      await one.query("BEGIN");
      await other.query("BEGIN");
      expect((await one.query(take)).rows).toEqual([{ id: 1 }]);
      expect((await other.query(take)).rows).toEqual([{ id: 2 }]);
    });

    test("shows nobody what is not committed, and rolls back for whoever goes away", async () => {
      const [writer, reader] = [await connect(), await connect()];
      await writer.query("CREATE TABLE behaviour.entry (id int PRIMARY KEY)");
      await writer.query("BEGIN");
      await writer.query("INSERT INTO behaviour.entry VALUES (1)");
      expect((await reader.query("SELECT FROM behaviour.entry")).rowCount).toBe(0);
      await writer.end();
      clients.splice(clients.indexOf(writer), 1);
      expect((await reader.query("INSERT INTO behaviour.entry VALUES (1)")).rowCount).toBe(1);
      await expect(reader.query("INSERT INTO behaviour.entry VALUES (1)")).rejects.toMatchObject({ code: "23505" });
    });

    test("keeps prepared statements, locks and notifications of clients apart", async () => {
      const [one, other] = [await connect(), await connect()];
      const heard = new Promise((resolve) => other.once("notification", ({ payload }) => resolve(payload)));
      await other.query("LISTEN behaviour");
      const locked = { name: "lock", text: "SELECT pg_try_advisory_lock(4242) AS locked" };
      expect((await one.query(locked)).rows).toEqual([{ locked: true }]);
      expect((await other.query(locked)).rows).toEqual([{ locked: false }]);
      await one.query("NOTIFY behaviour, 'hello'");
      expect(await heard).toBe("hello");
    });
  });
}

describePostgres("the embedded Postgres", async () => {
  const dataDir = await mkdtemp(join(tmpdir(), "local-cloud-postgres-"));
  const postgres = await startPostgres({ dataDir, port: 0, report: ({ message }) => expect.unreachable(message) });
  return {
    ...postgres,
    stop: async () => {
      await postgres.stop();
      await rm(dataDir, { recursive: true });
    },
  };
});

const other = process.env["VSL_TEST_DATABASE_URL"];
if (other) describePostgres("the Postgres of VSL_TEST_DATABASE_URL", () => connectPostgres(other));
