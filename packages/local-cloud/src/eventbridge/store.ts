import { join } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { openSqlite } from "../sqlite.ts";

const schema = `
create table if not exists buses (
  name text primary key, description text, created_at integer not null, modified_at integer not null
) strict;
create table if not exists rules (
  bus text not null references buses (name), name text not null, pattern text not null, state text not null,
  description text, role_arn text, managed_by text,
  primary key (bus, name)
) strict;
create table if not exists targets (
  bus text not null, rule text not null, id text not null, settings text not null,
  primary key (bus, rule, id),
  foreign key (bus, rule) references rules (bus, name) on delete cascade
) strict;
create table if not exists archives (
  name text primary key, id text not null unique, bus text not null, description text, pattern text,
  retention_days integer not null, created_at integer not null,
  event_count integer not null default 0, bytes integer not null default 0
) strict;
create table if not exists archived_events (
  seq integer primary key, archive_id text not null references archives (id) on delete cascade,
  time integer not null, ingested_at integer not null, event text not null
) strict;
create index if not exists archived_by_time on archived_events (archive_id, time, seq);
create index if not exists archived_by_ingestion on archived_events (archive_id, ingested_at);
create table if not exists replays (
  name text primary key, archive_name text not null, archive_id text not null, bus text not null, description text,
  filter_arns text not null, event_start integer not null, event_end integer not null,
  state text not null, state_reason text, started_at integer not null, ended_at integer, last_event_time integer,
  cursor_time integer not null, cursor_seq integer not null
) strict;
create table if not exists deliveries (
  seq integer primary key, rule_arn text not null, target_arn text not null, body text not null, group_id text,
  dead_letter_arn text, maximum_attempts integer not null, maximum_age_seconds integer not null, forwarded integer not null,
  attributes text, created_at integer not null, attempts integer not null, next_at integer not null
) strict;
create table if not exists tags (
  arn text not null, key text not null, value text not null, unique (arn, key)
) strict;
create index if not exists deliveries_by_target on deliveries (target_arn, next_at, seq);
create index if not exists deliveries_by_time on deliveries (next_at);
`;

export interface Store {
  readonly db: DatabaseSync;
  /** Runs in a transaction of its own. */
  transact<T>(work: () => T): T;
  /** Resolves once the write is committed; writes of one turn of the event loop share a transaction. */
  commit(write: () => void): Promise<void>;
  close(): void;
}

export function openStore(dataDir: string): Store {
  const db = openSqlite(join(dataDir, "eventbridge.sqlite"), schema);

  function transact<T>(work: () => T): T {
    db.exec("begin immediate");
    try {
      const done = work();
      db.exec("commit");
      return done;
    } catch (error) {
      if (db.isTransaction) db.exec("rollback");
      throw error;
    }
  }

  let waiting: { write: () => void; settled: PromiseWithResolvers<void> }[] = [];

  function flush() {
    const group = waiting;
    waiting = [];
    if (group.length === 0) return;
    try {
      transact(() => {
        for (const { write } of group) write();
      });
      for (const { settled } of group) settled.resolve();
    } catch (error) {
      for (const { settled } of group) settled.reject(error);
    }
  }

  return {
    db,
    transact,
    commit(write) {
      if (waiting.length === 0) setImmediate(flush);
      const settled = Promise.withResolvers<void>();
      waiting.push({ write, settled });
      return settled.promise;
    },
    close() {
      flush();
      db.close();
    },
  };
}
