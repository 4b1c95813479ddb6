import type { DatabaseSync } from "node:sqlite";
import { z } from "zod";
import { type NamedRecords, openNamedRecords } from "../named-records.ts";
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

export type OwnModels = NamedRecords<OwnModel>;

export const createOwnModels = (database: DatabaseSync): OwnModels =>
  openNamedRecords(database, { table: "ownModels", schema: ownModel });
