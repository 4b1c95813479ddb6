import type { DatabaseSync } from "node:sqlite";
import { z } from "zod";

export interface NamedRecords<Named> {
  save(record: Named): void;
  find(owner: string, name: string): Named | undefined;
  /** The most recent first. */
  list(): Named[];
  remove(owner: string, name: string): void;
}

const row = z.object({ json: z.string() });

/** Records that an owner and a name tell apart, as Replicate's models and deployments are. `table` is a name of ours, never input. */
export function openNamedRecords<Named extends { owner: string; name: string }>(
  database: DatabaseSync,
  { table, schema }: { table: "deployments" | "ownModels"; schema: z.ZodType<Named> },
): NamedRecords<Named> {
  database.exec(`CREATE TABLE IF NOT EXISTS ${table} (
    position INTEGER PRIMARY KEY, owner TEXT NOT NULL, name TEXT NOT NULL, json TEXT NOT NULL, UNIQUE (owner, name)
  ) STRICT`);
  const upsert = database.prepare(`INSERT INTO ${table} (owner, name, json) VALUES (?, ?, ?)
    ON CONFLICT (owner, name) DO UPDATE SET json = excluded.json`);
  const select = database.prepare(`SELECT json FROM ${table} WHERE owner = ? AND name = ?`);
  const selectAll = database.prepare(`SELECT json FROM ${table} ORDER BY position DESC`);
  const drop = database.prepare(`DELETE FROM ${table} WHERE owner = ? AND name = ?`);
  const parse = ({ json }: z.infer<typeof row>) => schema.parse(JSON.parse(json));
  return {
    save(record) {
      upsert.run(record.owner, record.name, JSON.stringify(record));
    },
    find(owner, name) {
      const found = row.optional().parse(select.get(owner, name));
      return found && parse(found);
    },
    list: () => z.array(row).parse(selectAll.all()).map(parse),
    remove(owner, name) {
      drop.run(owner, name);
    },
  };
}
