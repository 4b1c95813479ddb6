import type { DatabaseSync } from "node:sqlite";
import { z } from "zod";

/** What outlives a restart beside the predictions: how far the clock was moved. */
export interface Settings {
  movedSeconds(): number;
  saveMovedSeconds(seconds: number): void;
}

export function createSettings(database: DatabaseSync): Settings {
  database.exec("CREATE TABLE IF NOT EXISTS settings (name TEXT PRIMARY KEY, value REAL NOT NULL) STRICT");
  const select = database.prepare("SELECT value FROM settings WHERE name = 'movedSeconds'");
  const upsert = database.prepare("INSERT OR REPLACE INTO settings (name, value) VALUES ('movedSeconds', ?)");
  return {
    movedSeconds: () => z.object({ value: z.number() }).optional().parse(select.get())?.value ?? 0,
    saveMovedSeconds(seconds) {
      upsert.run(seconds);
    },
  };
}
