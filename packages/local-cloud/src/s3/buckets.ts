import { z } from "zod";
import { type CorsRule, corsRule } from "./cors-rules.ts";
import type { Database } from "./database.ts";
import { type LifecycleRule, lifecycleRule } from "./lifecycle-rules.ts";
import { json } from "./rows.ts";
import { s3Error } from "./s3-error.ts";

const bucketRow = z.object({
  name: z.string(),
  created_at: z.number(),
  lifecycle: json(z.array(lifecycleRule)).nullable(),
  cors: json(z.array(corsRule)).nullable(),
});

export interface Bucket {
  name: string;
  /** Epoch milliseconds. */
  createdAt: number;
  lifecycle: LifecycleRule[] | null;
  cors: CorsRule[] | null;
}

export type Buckets = ReturnType<typeof openBuckets>;

export function openBuckets(db: Database) {
  const select = db.prepare("select * from buckets where name = ?");
  const selectAll = db.prepare("select * from buckets order by name");
  const insert = db.prepare("insert or ignore into buckets (name, created_at) values (?, ?)");
  const updateLifecycle = db.prepare("update buckets set lifecycle = ? where name = ?");
  const updateCors = db.prepare("update buckets set cors = ? where name = ?");
  const remove = db.prepare("delete from buckets where name = ?");

  const find = (name: string): Bucket | undefined => {
    const row = select.get(name);
    return row && toBucket(row);
  };

  return {
    find,
    /** Throws `NoSuchBucket`. */
    get(name: string): Bucket {
      const bucket = find(name);
      if (!bucket) throw s3Error("NoSuchBucket", { BucketName: name });
      return bucket;
    },
    list: (): Bucket[] => selectAll.all().map(toBucket),
    /** Says whether it is new. */
    insert: (name: string, createdAt: number): boolean => insert.run(name, createdAt).changes > 0,
    setLifecycle: (name: string, rules: LifecycleRule[] | null) => {
      updateLifecycle.run(rules && JSON.stringify(rules), name);
    },
    setCors: (name: string, rules: CorsRule[] | null) => {
      updateCors.run(rules && JSON.stringify(rules), name);
    },
    delete: (name: string) => {
      remove.run(name);
    },
  };
}

function toBucket(row: unknown): Bucket {
  const { created_at, ...rest } = bucketRow.parse(row);
  return { ...rest, createdAt: created_at };
}
