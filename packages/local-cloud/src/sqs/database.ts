import { join } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { openSqlite } from "../sqlite.ts";

/** `retained_since` starts the retention period; it differs from `sent_at` only where a FIFO message was moved to its dead-letter queue. */
const schema = `
  CREATE TABLE IF NOT EXISTS queues (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL UNIQUE,
    attributes TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    modified_at INTEGER NOT NULL,
    purged_at INTEGER
  ) STRICT;
  CREATE TABLE IF NOT EXISTS deleted_queues (
    name TEXT PRIMARY KEY,
    deleted_at INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE IF NOT EXISTS queue_tags (
    queue_id INTEGER NOT NULL,
    key TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (queue_id, key)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS messages (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    queue_id INTEGER NOT NULL,
    message_id TEXT NOT NULL,
    body TEXT NOT NULL,
    attributes TEXT NOT NULL,
    trace_header TEXT,
    group_id TEXT,
    deduplication_id TEXT,
    source_arn TEXT,
    sent_at INTEGER NOT NULL,
    retained_since INTEGER NOT NULL,
    visible_at INTEGER NOT NULL,
    receipt TEXT,
    receive_count INTEGER NOT NULL DEFAULT 0,
    received_at INTEGER,
    first_received_at INTEGER
  ) STRICT;
  CREATE INDEX IF NOT EXISTS messages_by_visibility ON messages (queue_id, visible_at, id);
  CREATE INDEX IF NOT EXISTS messages_by_age ON messages (queue_id, retained_since);
  CREATE INDEX IF NOT EXISTS messages_by_group ON messages (queue_id, group_id, visible_at) WHERE group_id IS NOT NULL;
  CREATE INDEX IF NOT EXISTS messages_in_order ON messages (queue_id, id, group_id, visible_at) WHERE group_id IS NOT NULL;
  CREATE TABLE IF NOT EXISTS deduplications (
    queue_id INTEGER NOT NULL,
    scope TEXT NOT NULL,
    deduplication_id TEXT NOT NULL,
    message_id TEXT NOT NULL,
    sequence INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    PRIMARY KEY (queue_id, scope, deduplication_id)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS deduplications_by_expiry ON deduplications (expires_at);
  CREATE TABLE IF NOT EXISTS receive_attempts (
    queue_id INTEGER NOT NULL,
    attempt_id TEXT NOT NULL,
    received TEXT NOT NULL,
    expires_at INTEGER NOT NULL,
    PRIMARY KEY (queue_id, attempt_id)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS receive_attempts_by_expiry ON receive_attempts (expires_at);
  CREATE TABLE IF NOT EXISTS move_tasks (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    handle TEXT NOT NULL UNIQUE,
    source_arn TEXT NOT NULL,
    destination_arn TEXT,
    messages_per_second INTEGER,
    status TEXT NOT NULL,
    moved INTEGER NOT NULL DEFAULT 0,
    to_move INTEGER NOT NULL,
    failure_reason TEXT,
    started_at INTEGER NOT NULL
  ) STRICT;
`;

export const openDatabase = (dataDir: string): DatabaseSync => openSqlite(join(dataDir, "sqs.sqlite"), schema);
