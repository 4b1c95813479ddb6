import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { openBuckets } from "./buckets.ts";
import type { Store } from "./call.ts";
import { openDatabase } from "./database.ts";
import { openFiles } from "./files.ts";
import { openObjects } from "./objects.ts";
import { openUploads } from "./uploads.ts";

export interface StoreOptions {
  dataDir: string;
  region: string;
  account: string;
  now: () => number;
}

export interface OpenStore extends Store {
  close(): Promise<void>;
}

/** Opens the folder of one S3, making it if need be, and clears away what a crash left in it. */
export async function openStore({ dataDir, ...rest }: StoreOptions): Promise<OpenStore> {
  mkdirSync(dataDir, { recursive: true });
  const db = openDatabase(join(dataDir, "s3.sqlite"));
  const files = openFiles(join(dataDir, "objects"));
  const store = { ...rest, db, files, buckets: openBuckets(db), objects: openObjects(db), uploads: openUploads(db) };
  await files.removeAllBut(new Set([...store.objects.allFiles(), ...store.uploads.allFiles()]));
  return {
    ...store,
    async close() {
      await files.close();
      db.close();
    },
  };
}
