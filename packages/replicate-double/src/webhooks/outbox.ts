import type { DatabaseSync } from "node:sqlite";
import { z } from "zod";
import { webhookEvents } from "../predictions/prediction.ts";

const pendingSchema = z.object({
  position: z.int(),
  webhookId: z.string(),
  predictionId: z.string(),
  event: z.enum(webhookEvents),
  url: z.string(),
  body: z.string(),
  forged: z.int().transform(Boolean),
  attempt: z.int(),
  dueAt: z.number(),
});

export type PendingWebhook = z.infer<typeof pendingSchema>;
type NewWebhook = Omit<PendingWebhook, "position" | "attempt">;

/** Webhooks that are still to be sent, so that a restarted double goes on where it was. */
export interface Outbox {
  add(webhook: NewWebhook): number;
  find(position: number): PendingWebhook | undefined;
  /** After an attempt that failed. */
  postpone(position: number, dueAt: number): void;
  /** Before any attempt. */
  bringForward(position: number, dueAt: number): void;
  remove(position: number): void;
  all(): PendingWebhook[];
}

export function createOutbox(database: DatabaseSync): Outbox {
  database.exec(`CREATE TABLE IF NOT EXISTS outbox (
    position INTEGER PRIMARY KEY, webhookId TEXT NOT NULL, predictionId TEXT NOT NULL, event TEXT NOT NULL, url TEXT NOT NULL,
    body TEXT NOT NULL, forged INTEGER NOT NULL, attempt INTEGER NOT NULL, dueAt REAL NOT NULL
  ) STRICT`);
  const insert = database.prepare(
    `INSERT INTO outbox (webhookId, predictionId, event, url, body, forged, attempt, dueAt) VALUES (?, ?, ?, ?, ?, ?, 1, ?)`,
  );
  const select = database.prepare("SELECT * FROM outbox WHERE position = ?");
  const selectAll = database.prepare("SELECT * FROM outbox ORDER BY position");
  const update = database.prepare("UPDATE outbox SET attempt = attempt + 1, dueAt = ? WHERE position = ?");
  const move = database.prepare("UPDATE outbox SET dueAt = ? WHERE position = ?");
  const drop = database.prepare("DELETE FROM outbox WHERE position = ?");
  return {
    add({ webhookId, predictionId, event, url, body, forged, dueAt }) {
      return Number(insert.run(webhookId, predictionId, event, url, body, forged ? 1 : 0, dueAt).lastInsertRowid);
    },
    find: (position) => pendingSchema.optional().parse(select.get(position)),
    postpone(position, dueAt) {
      update.run(dueAt, position);
    },
    bringForward(position, dueAt) {
      move.run(dueAt, position);
    },
    remove(position) {
      drop.run(position);
    },
    all: () => z.array(pendingSchema).parse(selectAll.all()),
  };
}
