import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Report } from "../report.ts";
import { openBucketSettings } from "./bucket-settings.ts";
import { openBuckets } from "./buckets.ts";
import type { Store } from "./call.ts";
import { openDatabase } from "./database.ts";
import { openFiles } from "./files.ts";
import { type Announce, openObjectEvents } from "./object-events.ts";
import { openObjects } from "./objects.ts";
import { openUploads } from "./uploads.ts";

export interface StoreOptions {
  dataDir: string;
  region: string;
  account: string;
  now: () => number;
  announce: Announce;
  report: Report;
}

export interface OpenStore extends Store {
  close(): Promise<void>;
}

/** Opens the folder of one S3, making it if need be, and clears away what a crash left in it. */
export async function openStore({ dataDir, announce, report, ...rest }: StoreOptions): Promise<OpenStore> {
  mkdirSync(dataDir, { recursive: true });
  const db = openDatabase(join(dataDir, "s3.sqlite"));
  const files = openFiles(join(dataDir, "objects"));
  const settings = openBucketSettings(db);
  const events = openObjectEvents(db, { ...rest, settings, announce, report });
  const store = {
    ...rest,
    db,
    files,
    settings,
    events,
    buckets: openBuckets(db),
    objects: openObjects(db),
    uploads: openUploads(db),
  };
  await files.removeAllBut(new Set([...store.objects.allFiles(), ...store.uploads.allFiles()]));
  return {
    ...store,
    async close() {
      await events.close();
      await files.close();
      db.close();
    },
  };
}
