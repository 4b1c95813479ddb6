import pg from "pg";
import { connectionOf, type DatabaseLink } from "../database-link.ts";

const int8 = 20;

/** BIGINT as a number: micros and bytes stay far below 2^53 (nine billion dollars), and a value that does not is refused. */
const exactNumber = (text: string) => {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new Error("a BIGINT of the ledger is beyond what a number holds exactly");
  return value;
};

/** Few connections, since each Lambda instance has its own; every wait has an end well inside the function's. */
export function createPool(link: DatabaseLink): pg.Pool {
  const pool = new pg.Pool({
    ...connectionOf(link),
    max: 2,
    connectionTimeoutMillis: 5_000,
    idleTimeoutMillis: 30_000,
    statement_timeout: 10_000,
    lock_timeout: 8_000,
    application_name: "vsl-ledger",
    types: {
      getTypeParser: (oid: number, format?: "text" | "binary") =>
        oid === int8 ? exactNumber : pg.types.getTypeParser(oid, format === "binary" ? "binary" : "text"),
    },
  });
  // An idle connection that breaks is replaced at the next use; without a listener it would end the process.
  pool.on("error", () => {});
  return pool;
}
