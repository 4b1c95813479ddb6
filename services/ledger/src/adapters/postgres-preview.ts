import type { RowChange } from "@vsl/events/preview";
import type { Pool, PoolClient } from "pg";
import * as z from "zod";
import type { Fact } from "../facts.ts";
import { inTransaction, keepFactsIn, lockJobs } from "./postgres-ledger.ts";

const rowSchema = z.object({ table: z.string(), key: z.string(), hash: z.string() });
type Row = z.output<typeof rowSchema>;

/**
 * What keeping the facts would change, told by keeping them in a transaction that is rolled back. Holds the jobs' locks meanwhile, as
 * a batch of the queue does.
 */
export function createPostgresPreview(pool: Pick<Pool, "connect">) {
  return (facts: readonly Fact[]): Promise<RowChange[]> =>
    inTransaction(pool, "ROLLBACK", async (client) => {
      await lockJobs(client, [...new Set(facts.map(({ payload }) => payload.jobId))]);
      const before = await readRows(client, facts, mayBeTouched);
      await keepFactsIn(client, facts);
      return compareRows(before, await readRows(client, facts, touched));
    });
}

/** Nothing is ever removed, so what is there afterwards is all there is to say. */
function compareRows(before: readonly Row[], after: readonly Row[]): RowChange[] {
  const known = new Map(before.map(({ table, key, hash }) => [`${table}\n${key}`, hash]));
  return after.map(({ table, key, hash }) => {
    const old = known.get(`${table}\n${key}`);
    return { table, key, change: old === undefined ? "added" : old === hash ? "equal" : "changed" };
  });
}

/** Which rows of the tables that jobs share. A job that is not there yet does not tell its model and day. */
const mayBeTouched = {
  models: "true",
  usage: "(account_id, user_id) IN (SELECT * FROM unnest($2::text[], $3::text[]))",
};
const touched = {
  models: "model_id IN (SELECT model_id FROM jobs WHERE job_id = ANY($1))",
  usage: `${mayBeTouched.usage} AND (day, model_id) IN
    (SELECT (created_at AT TIME ZONE 'UTC')::date, model_id FROM jobs WHERE job_id = ANY($1))`,
};

async function readRows(client: PoolClient, facts: readonly Fact[], shared: typeof touched): Promise<Row[]> {
  const { rows } = await client.query(
    `SELECT 'events' AS "table", id::text AS key, md5(t::text) AS hash FROM events t WHERE job_id = ANY($1::uuid[])
     UNION ALL SELECT 'jobs', job_id::text, md5(t::text) FROM jobs t WHERE job_id = ANY($1)
     UNION ALL SELECT 'media_outputs', concat_ws('/', job_id, output_index), md5(t::text) FROM media_outputs t WHERE job_id = ANY($1)
     UNION ALL SELECT 'entries', concat_ws('/', event_id, kind), md5(t::text) FROM entries t WHERE job_id = ANY($1)
     UNION ALL SELECT 'model_configurations', concat_ws('/', model_id, owner, name, version, price_rule), md5(t::text)
       FROM model_configurations t WHERE ${shared.models}
     UNION ALL SELECT 'usage_tracking', concat_ws('/', account_id, user_id, day, model_id), md5(t::text)
       FROM usage_tracking t WHERE ${shared.usage}`,
    [
      facts.map(({ payload }) => payload.jobId),
      facts.map(({ payload }) => payload.accountId),
      facts.map(({ payload }) => payload.userId),
    ],
  );
  return z.array(rowSchema).parse(rows);
}
