import { Permanent } from "@vsl/events";
import type { Pool, PoolClient } from "pg";
import { type Fact, type Facts, factsOf } from "../facts.ts";
import { type JobProjection, projectJob } from "../project-job.ts";
import type { Ports } from "../record-facts.ts";
import { usageDifference } from "../track-usage.ts";
import { readFact } from "./read-fact.ts";
import { writeProjection, writeUsage } from "./write-projection.ts";

/** The ledger in Postgres. A batch is one transaction; concurrent batches of the same job wait for each other. */
export function createPostgresLedger(pool: Pick<Pool, "connect">): Ports {
  return {
    keepFacts: (facts) => inTransaction(pool, "COMMIT", (client) => keepFactsIn(client, facts)),
  };
}

/** What `keepFacts` does, in a transaction of the caller's. */
export async function keepFactsIn(client: PoolClient, facts: readonly Fact[]): Promise<ReadonlyMap<string, Facts>> {
  const jobIds = [...new Set(facts.map(({ payload }) => payload.jobId))];
  await lockJobs(client, jobIds);
  const changed = await insertFacts(client, facts);
  const known = await factsOfJobs(client, jobIds);
  const projections = [...changed].flatMap((jobId) => projectJob(known.get(jobId) ?? {}) ?? []);
  if (projections.length > 0) await save(client, projections);
  return known;
}

export async function inTransaction<T>(
  pool: Pick<Pool, "connect">,
  end: "COMMIT" | "ROLLBACK",
  work: (client: PoolClient) => Promise<T>,
): Promise<T> {
  const client = await pool.connect().catch((cause: unknown) => {
    throw new Error("Postgres cannot be reached", { cause });
  });
  let broken = true;
  try {
    await client.query("BEGIN");
    const result = await work(client);
    await client.query(end);
    broken = false;
    return result;
  } catch (cause) {
    throw explain(cause);
  } finally {
    // A connection whose transaction failed is closed rather than used again: Postgres rolls back what it left open.
    client.release(broken);
  }
}

/** Data that Postgres can never take (a NUL in text, a number out of range) is no reason to come again; all else is. */
function explain(cause: unknown): Error {
  const code = typeof cause === "object" && cause !== null && "code" in cause ? String(cause.code) : "";
  if (/^(22|23)/.test(code))
    return new Permanent(`Postgres refuses the data of an event (SQLSTATE ${code})`, { cause });
  return new Error(`the ledger's transaction failed${code ? ` (SQLSTATE ${code})` : ""}`, { cause });
}

/** In one order everywhere, so that two batches with the same jobs wait instead of dead-locking. */
export async function lockJobs(client: PoolClient, jobIds: readonly string[]): Promise<void> {
  await client.query(
    `SELECT pg_advisory_xact_lock(key)
     FROM (SELECT DISTINCT hashtextextended(id, 0) AS key FROM unnest($1::text[]) AS id ORDER BY key) AS keys`,
    [jobIds],
  );
}

/** Answers with the jobs of which something new was learnt. */
async function insertFacts(client: PoolClient, facts: readonly Fact[]): Promise<ReadonlySet<string>> {
  const { rows } = await client.query<{ job_id: string }>(
    `INSERT INTO events (id, name, job_id, correlation_id, occurred_at, payload)
     SELECT * FROM unnest($1::uuid[], $2::text[], $3::uuid[], $4::text[], $5::timestamptz[], $6::jsonb[])
     ON CONFLICT (id) DO NOTHING
     RETURNING job_id`,
    [
      facts.map(({ id }) => id),
      facts.map(({ name }) => name),
      facts.map(({ payload }) => payload.jobId),
      facts.map(({ correlationId }) => correlationId),
      facts.map(({ occurredAt }) => occurredAt),
      facts.map(({ payload }) => JSON.stringify(payload)),
    ],
  );
  return new Set(rows.map(({ job_id }) => job_id));
}

async function factsOfJobs(client: PoolClient, jobIds: readonly string[]): Promise<ReadonlyMap<string, Facts>> {
  const { rows } = await client.query<Record<string, unknown>>(
    "SELECT id, name, correlation_id, occurred_at, payload FROM events WHERE job_id = ANY($1::uuid[])",
    [jobIds],
  );
  const byJob = Map.groupBy(rows.map(readFact), ({ payload }) => payload.jobId);
  return new Map([...byJob].map(([jobId, facts]) => [jobId, factsOf(facts)]));
}

async function save(client: PoolClient, projections: readonly JobProjection[]): Promise<void> {
  const before = await storedJobs(client, projections);
  for (const projection of projections) await writeProjection(client, projection);
  const differences = projections.map(({ job }) => ({
    job,
    usage: usageDifference(before.get(job.jobId) ?? null, job),
  }));
  await writeUsage(client, differences);
}

async function storedJobs(client: PoolClient, projections: readonly JobProjection[]) {
  type Row = Pick<JobProjection["job"], "jobId" | "status" | "outputCount" | "storedBytes" | "chargedMicros">;
  const { rows } = await client.query<Row>(
    `SELECT job_id AS "jobId", status, output_count AS "outputCount", stored_bytes AS "storedBytes", charged_micros AS "chargedMicros"
     FROM jobs WHERE job_id = ANY($1::uuid[])`,
    [projections.map(({ job }) => job.jobId)],
  );
  return new Map(rows.map((row) => [row.jobId, row]));
}
