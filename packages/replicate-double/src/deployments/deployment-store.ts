import type { DatabaseSync } from "node:sqlite";
import { z } from "zod";
import { hardwareSku } from "../models/hardware.ts";
import { type NamedRecords, openNamedRecords } from "../named-records.ts";

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

export type DeploymentStore = NamedRecords<Deployment>;

export const createDeploymentStore = (database: DatabaseSync): DeploymentStore =>
  openNamedRecords(database, { table: "deployments", schema: deploymentSchema });
