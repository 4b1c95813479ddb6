import type { DatabaseSync } from "node:sqlite";
import { z } from "zod";
import type { Order } from "../models/order.ts";
import { type Prediction, predictionSchema } from "./prediction.ts";

export interface PageRequest {
  /** Continue before (older) or after (newer) this position. */
  from: { direction: "older" | "newer"; position: number } | null;
  createdAfter: number | null;
  createdBefore: number | null;
  limit: number;
}

interface Page {
  /** Newest first. */
  predictions: Prediction[];
  older: number | null;
  newer: number | null;
}

interface OutputFile {
  contentType: string;
  bytes: Uint8Array;
}

export interface PredictionStore {
  save(prediction: Prediction): void;
  find(id: string): Prediction | undefined;
  list(request: PageRequest): Page;
  /** What a restarted double still has to finish or to delete. */
  unfinishedBusiness(): Prediction[];
  saveOutput(predictionId: string, name: string, file: OutputFile): void;
  findOutput(predictionId: string, name: string): OutputFile | undefined;
  countOfModel(model: string): number;
  lastOfDeployment(deployment: string): Prediction | undefined;
  /** Forgets what Replicate deletes an hour after the end. */
  removeData(prediction: Prediction): void;
}

const row = z.object({ position: z.int(), json: z.string() });
const outputRow = z.object({ contentType: z.string(), bytes: z.instanceof(Uint8Array) });

export function createPredictionStore(database: DatabaseSync): PredictionStore {
  database.exec(`
    CREATE TABLE IF NOT EXISTS predictions (
      position INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, createdAt REAL NOT NULL, settled INTEGER NOT NULL, json TEXT NOT NULL
    ) STRICT;
    CREATE INDEX IF NOT EXISTS unsettled ON predictions (position) WHERE settled = 0;
    CREATE INDEX IF NOT EXISTS predictionsByModel ON predictions (json_extract(json, '$.model'));
    CREATE TABLE IF NOT EXISTS outputs (
      predictionId TEXT NOT NULL, name TEXT NOT NULL, contentType TEXT NOT NULL, bytes BLOB NOT NULL, PRIMARY KEY (predictionId, name)
    ) STRICT;`);
  const upsert = database.prepare(`INSERT INTO predictions (id, createdAt, settled, json) VALUES (?, ?, 0, ?)
    ON CONFLICT (id) DO UPDATE SET json = excluded.json`);
  const settle = database.prepare("UPDATE predictions SET settled = 1, json = ? WHERE id = ?");
  const select = database.prepare("SELECT position, json FROM predictions WHERE id = ?");
  const countByModel = database.prepare(
    "SELECT count(*) AS total FROM predictions WHERE json_extract(json, '$.model') = ?",
  );
  const selectLastOfDeployment = database.prepare(
    "SELECT position, json FROM predictions WHERE json_extract(json, '$.deployment') = ? ORDER BY position DESC LIMIT 1",
  );
  const selectUnsettled = database.prepare(
    "SELECT position, json FROM predictions WHERE settled = 0 ORDER BY position",
  );
  const within = "createdAt >= ? AND createdAt < ?";
  const olderThan = database.prepare(
    `SELECT position, json FROM predictions WHERE ${within} AND position < ? ORDER BY position DESC LIMIT ?`,
  );
  const newerThan = database.prepare(
    `SELECT position, json FROM predictions WHERE ${within} AND position > ? ORDER BY position LIMIT ?`,
  );
  const upsertOutput = database.prepare(
    "INSERT OR REPLACE INTO outputs (predictionId, name, contentType, bytes) VALUES (?, ?, ?, ?)",
  );
  const selectOutput = database.prepare("SELECT contentType, bytes FROM outputs WHERE predictionId = ? AND name = ?");
  const deleteOutputs = database.prepare("DELETE FROM outputs WHERE predictionId = ?");

  const parse = (json: string) => predictionSchema.parse(JSON.parse(json));

  return {
    save(prediction) {
      upsert.run(prediction.id, prediction.createdAt, JSON.stringify(prediction));
    },
    find(id) {
      const found = row.optional().parse(select.get(id));
      return found && parse(found.json);
    },
    countOfModel: (model) => z.object({ total: z.int() }).parse(countByModel.get(model)).total,
    lastOfDeployment(deployment) {
      const found = row.optional().parse(selectLastOfDeployment.get(deployment));
      return found && parse(found.json);
    },
    list({ from, createdAfter, createdBefore, limit }) {
      const span = [createdAfter ?? 0, createdBefore ?? Number.MAX_VALUE] as const;
      const exists = (query: typeof olderThan, position: number) => query.get(...span, position, 1) !== undefined;
      const rows = z
        .array(row)
        .parse(
          from?.direction === "newer"
            ? newerThan.all(...span, from.position, limit).reverse()
            : olderThan.all(...span, from?.position ?? Number.MAX_SAFE_INTEGER, limit),
        );
      const [newest, oldest] = [rows.at(0)?.position, rows.at(-1)?.position];
      return {
        predictions: rows.map(({ json }) => parse(json)),
        older: oldest !== undefined && exists(olderThan, oldest) ? oldest : null,
        newer: newest !== undefined && exists(newerThan, newest) ? newest : null,
      };
    },
    unfinishedBusiness: () =>
      z
        .array(row)
        .parse(selectUnsettled.all())
        .map(({ json }) => parse(json)),
    saveOutput(predictionId, name, { contentType, bytes }) {
      upsertOutput.run(predictionId, name, contentType, bytes);
    },
    findOutput: (predictionId, name) => outputRow.optional().parse(selectOutput.get(predictionId, name)),
    removeData(prediction) {
      deleteOutputs.run(prediction.id);
      settle.run(JSON.stringify({ ...prediction, input: {}, order: withoutContent(prediction.order) }), prediction.id);
    },
  };
}

/** Words and values are kept in the order itself; files are not. */
function withoutContent(order: Order): Order {
  if (order.drawing.kind === "text") return { ...order, drawing: { kind: "text", pieces: [] } };
  return order.drawing.kind === "value" ? { ...order, drawing: { kind: "value", value: null } } : order;
}
