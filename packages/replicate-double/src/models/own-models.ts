import type { DatabaseSync } from "node:sqlite";
import { z } from "zod";
import { hardwareSku } from "./hardware.ts";

const ownModel = z.object({
  owner: z.string(),
  name: z.string(),
  visibility: z.enum(["public", "private"]),
  hardware: hardwareSku,
  description: z.string().nullable(),
  githubUrl: z.string().nullable(),
  paperUrl: z.string().nullable(),
  licenseUrl: z.string().nullable(),
  coverImageUrl: z.string().nullable(),
  readme: z.string().nullable(),
  /** Epoch milliseconds. */
  createdAt: z.number(),
});

/** A model that was created over the API. It has no version, so that it cannot be run: nothing pushes one to the double. */
export type OwnModel = z.infer<typeof ownModel>;

export interface OwnModels {
  save(model: OwnModel): void;
  find(owner: string, name: string): OwnModel | undefined;
  /** The most recent first. */
  list(): OwnModel[];
  remove(owner: string, name: string): void;
}

const row = z.object({ json: z.string() });

export function createOwnModels(database: DatabaseSync): OwnModels {
  database.exec(`CREATE TABLE IF NOT EXISTS ownModels (
    position INTEGER PRIMARY KEY, owner TEXT NOT NULL, name TEXT NOT NULL, json TEXT NOT NULL, UNIQUE (owner, name)
  ) STRICT`);
  const upsert = database.prepare(`INSERT INTO ownModels (owner, name, json) VALUES (?, ?, ?)
    ON CONFLICT (owner, name) DO UPDATE SET json = excluded.json`);
  const select = database.prepare("SELECT json FROM ownModels WHERE owner = ? AND name = ?");
  const selectAll = database.prepare("SELECT json FROM ownModels ORDER BY position DESC");
  const drop = database.prepare("DELETE FROM ownModels WHERE owner = ? AND name = ?");
  const parse = ({ json }: z.infer<typeof row>) => ownModel.parse(JSON.parse(json));
  return {
    save(model) {
      upsert.run(model.owner, model.name, JSON.stringify(model));
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
