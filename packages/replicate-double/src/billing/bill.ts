import type { DatabaseSync } from "node:sqlite";
import { z } from "zod";
import type { Charge } from "./charge.ts";

const entrySchema = z.object({
  predictionId: z.string(),
  model: z.string(),
  amountMicros: z.int(),
  metric: z.string(),
  quantity: z.number(),
});

type BillEntry = z.infer<typeof entrySchema>;

/** What the account owes; a prediction is on it at most once. */
export interface Bill {
  enter(predictionId: string, model: string, charge: Charge): void;
  read(): { entries: BillEntry[]; totalMicros: number };
}

export function createBill(database: DatabaseSync): Bill {
  database.exec(`CREATE TABLE IF NOT EXISTS bill (
    predictionId TEXT PRIMARY KEY, model TEXT NOT NULL, amountMicros INTEGER NOT NULL, metric TEXT NOT NULL, quantity REAL NOT NULL
  ) STRICT`);
  const insert = database.prepare(
    "INSERT OR IGNORE INTO bill (predictionId, model, amountMicros, metric, quantity) VALUES (?, ?, ?, ?, ?)",
  );
  const select = database.prepare(
    "SELECT predictionId, model, amountMicros, metric, quantity FROM bill ORDER BY rowid",
  );
  return {
    enter(predictionId, model, { amountMicros, metric, quantity }) {
      insert.run(predictionId, model, amountMicros, metric, quantity);
    },
    read() {
      const entries = z.array(entrySchema).parse(select.all());
      return { entries, totalMicros: entries.reduce((total, { amountMicros }) => total + amountMicros, 0) };
    },
  };
}
