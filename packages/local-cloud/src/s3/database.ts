import type { DatabaseSync } from "node:sqlite";
import { openSqlite } from "../sqlite.ts";

const schema = `
  create table if not exists buckets (
    name text primary key, created_at integer not null, lifecycle text, cors text
  ) strict;
  create table if not exists bucket_settings (
    bucket text not null references buckets (name) on delete cascade, kind text not null, content text,
    primary key (bucket, kind)
  ) strict, without rowid;
  create table if not exists announcements (id integer primary key autoincrement, event text not null) strict;
  create table if not exists objects (
    bucket text not null references buckets (name), key blob not null, etag text not null, bytes integer not null,
    modified_at integer not null, headers text not null, tags text not null, checksum text not null,
    upload_id text, slices text not null, primary key (bucket, key)
  ) strict, without rowid;
  create table if not exists uploads (
    id text primary key, bucket text not null references buckets (name), key blob not null,
    initiated_at integer not null, headers text not null, tags text not null,
    algorithm text not null, checksum_type text not null, default_checksum integer not null
  ) strict;
  create table if not exists parts (
    upload_id text not null references uploads (id) on delete cascade, number integer not null, file text not null,
    bytes integer not null, etag text not null, checksum text not null, modified_at integer not null,
    primary key (upload_id, number)
  ) strict, without rowid;
`;

export interface Database {
  prepare: DatabaseSync["prepare"];
  /**
   * Runs `work` in a transaction and answers once it is on the disk. Works that wait at the same time share one
   * transaction; a work that throws undoes only itself. It must be synchronous: nothing else runs in between.
   */
  commit<Result>(work: () => Result): Promise<Result>;
  close(): void;
}

export function openDatabase(path: string): Database {
  const db = openSqlite(path, schema);
  let waiting: Waiting[] = [];

  const flush = () => {
    const group = waiting;
    waiting = [];
    try {
      db.exec("begin immediate");
      const settlements = group.map((work) => runAlone(db, work));
      db.exec("commit");
      for (const settle of settlements) settle();
    } catch (error) {
      if (db.isOpen && db.isTransaction) db.exec("rollback");
      for (const work of group) work.reject(error);
    }
  };

  return {
    prepare: (sql) => db.prepare(sql),
    commit: (work) =>
      new Promise((resolve, reject) => {
        const run = () => {
          const result = work();
          return () => resolve(result);
        };
        if (waiting.push({ run, reject }) === 1) setImmediate(flush);
      }),
    close: () => db.close(),
  };
}

interface Waiting {
  /** Does the work; what it returns tells the caller of it. */
  run(): () => void;
  reject(error: unknown): void;
}

function runAlone(db: DatabaseSync, { run, reject }: Waiting): () => void {
  db.exec("savepoint work");
  try {
    const settle = run();
    db.exec("release work");
    return settle;
  } catch (error) {
    db.exec("rollback to work; release work");
    return () => reject(error);
  }
}
