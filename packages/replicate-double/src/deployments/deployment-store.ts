import type { DatabaseSync } from "node:sqlite";
import { z } from "zod";
import { hardwareSku } from "../models/hardware.ts";

const deploymentSchema = z.object({
  owner: z.string(),
  name: z.string(),
  /** Of the current release; each change makes a new one. */
  number: z.int(),
  model: z.string(),
  version: z.string(),
  hardware: hardwareSku,
  minInstances: z.int(),
  maxInstances: z.int(),
  /** Of the current release, in epoch milliseconds. */
  createdAt: z.number(),
});

export type Deployment = z.infer<typeof deploymentSchema>;

export interface DeploymentStore {
  save(deployment: Deployment): void;
  find(owner: string, name: string): Deployment | undefined;
  /** The most recent first. */
  list(): Deployment[];
  remove(owner: string, name: string): void;
}

const row = z.object({ json: z.string() });

export function createDeploymentStore(database: DatabaseSync): DeploymentStore {
  database.exec(`CREATE TABLE IF NOT EXISTS deployments (
    position INTEGER PRIMARY KEY, owner TEXT NOT NULL, name TEXT NOT NULL, json TEXT NOT NULL, UNIQUE (owner, name)
  ) STRICT`);
  const upsert = database.prepare(`INSERT INTO deployments (owner, name, json) VALUES (?, ?, ?)
    ON CONFLICT (owner, name) DO UPDATE SET json = excluded.json`);
  const select = database.prepare("SELECT json FROM deployments WHERE owner = ? AND name = ?");
  const selectAll = database.prepare("SELECT json FROM deployments ORDER BY position DESC");
  const drop = database.prepare("DELETE FROM deployments WHERE owner = ? AND name = ?");
  const parse = ({ json }: z.infer<typeof row>) => deploymentSchema.parse(JSON.parse(json));
  return {
    save(deployment) {
      upsert.run(deployment.owner, deployment.name, JSON.stringify(deployment));
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
