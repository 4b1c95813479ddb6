import { Pool } from "pg";
import { z } from "zod";

const micros = z.coerce.number().int();
const entrySchema = z.object({ kind: z.enum(["quote", "charge", "correction"]), amount: micros, source: z.string() });

/** The ledger as an accountant sees it: SQL, with the address that `npm start` shows. */
export function createLedger(databaseUrl: string) {
  const pool = new Pool({ connectionString: databaseUrl, max: 1 });
  // The next query tells of a connection that was lost.
  pool.on("error", () => undefined);

  const query = async (sql: string, values: unknown[] = []) => (await pool.query(sql, values)).rows;

  return {
    query,
    entriesOf: async (jobId: string) =>
      z
        .array(entrySchema)
        .parse(
          await query(
            "SELECT kind, amount_micros AS amount, source FROM entries WHERE job_id = $1 ORDER BY kind DESC",
            [jobId],
          ),
        ),
    /** What was charged for one job, or for all; microdollars. */
    async charged(jobId: string | null): Promise<number> {
      const sql = `SELECT coalesce(sum(amount_micros), 0) AS sum FROM entries
        WHERE kind <> 'quote' AND (job_id = $1 OR $1::uuid IS NULL)`;
      return z.tuple([z.object({ sum: micros })]).parse(await query(sql, [jobId]))[0].sum;
    },
    close: () => pool.end(),
  };
}
