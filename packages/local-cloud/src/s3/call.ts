import type { IncomingHttpHeaders } from "node:http";
import type { Readable } from "node:stream";
import type { Caller } from "../iam/caller.ts";
import type { BodySource } from "./body.ts";
import type { BucketSettings } from "./bucket-settings.ts";
import type { Buckets } from "./buckets.ts";
import type { Database } from "./database.ts";
import type { Files } from "./files.ts";
import type { ObjectEvents, Origin } from "./object-events.ts";
import type { Objects } from "./objects.ts";
import type { Uploads } from "./uploads.ts";
import type { Query } from "./uri.ts";

/** What the operations act on. */
export interface Store {
  db: Database;
  buckets: Buckets;
  settings: BucketSettings;
  objects: Objects;
  uploads: Uploads;
  files: Files;
  events: ObjectEvents;
  region: string;
  account: string;
  /** Epoch milliseconds. */
  now: () => number;
}

/** One authenticated request, with the right to be made. */
export interface Call {
  bucket: string;
  key: string;
  query: Query;
  headers: IncomingHttpHeaders;
  body: BodySource;
  /** Who asked, as events tell it. */
  origin: Origin;
  caller: Caller;
}

export interface Answer {
  status: number;
  headers?: Record<string, string | number>;
  xml?: string;
  /** Destroyed by whoever sends the answer, also when it is never sent. */
  stream?: Readable;
}

export type Operation = (store: Store, call: Call) => Answer | Promise<Answer>;

export function headerOf(headers: IncomingHttpHeaders, name: string): string | undefined {
  const value = headers[name];
  return Array.isArray(value) ? value.join(", ") : value;
}
