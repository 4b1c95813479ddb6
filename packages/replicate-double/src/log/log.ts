import type { DatabaseSync } from "node:sqlite";
import { z } from "zod";

/** One thing that was asked of the double, or that it told somebody. Never a token, never a signature. */
export type LogEntry =
  | {
      kind: "request";
      at: string;
      method: string;
      path: string;
      query: string;
      headers: Record<string, string>;
      /** What was sent to create a prediction. */
      body?: unknown;
      /** Null when the connection was cut instead of answered. */
      status: number | null;
      predictionId?: string;
      milliseconds: number;
    }
  | {
      kind: "webhook";
      at: string;
      predictionId: string;
      event: string;
      url: string;
      webhookId: string;
      attempt: number;
      status: number | null;
      outcome: "delivered" | "refused" | "unreachable" | "dropped by a fault" | "forged by a fault";
    }
  | { kind: "problem"; at: string; predictionId?: string; message: string };

export interface Log {
  write(entry: LogEntry): void;
  /** Oldest first, from after the given position. */
  read(options: { after: number; limit: number }): { entries: unknown[]; last: number };
}

/** Enough for a long soak; the oldest go first. */
const KEPT_ENTRIES = 200_000;

const row = z.object({ position: z.int(), json: z.string() });

export function createLog(database: DatabaseSync): Log {
  database.exec("CREATE TABLE IF NOT EXISTS log (position INTEGER PRIMARY KEY, json TEXT NOT NULL) STRICT");
  const insert = database.prepare("INSERT INTO log (json) VALUES (?)");
  const trim = database.prepare("DELETE FROM log WHERE position <= ?");
  const select = database.prepare("SELECT position, json FROM log WHERE position > ? ORDER BY position LIMIT ?");
  return {
    write(entry) {
      const position = Number(insert.run(JSON.stringify(entry)).lastInsertRowid);
      if (position % 1000 === 0) trim.run(position - KEPT_ENTRIES);
    },
    read({ after, limit }) {
      const rows = z.array(row).parse(select.all(after, limit));
      const entries = rows.map(({ position, json }) => ({ position, ...z.looseObject({}).parse(JSON.parse(json)) }));
      return { entries, last: rows.at(-1)?.position ?? after };
    },
  };
}
