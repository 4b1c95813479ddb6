import { join } from "node:path";
import { z } from "zod";
import { openSqlite } from "../sqlite.ts";
import { type Dimensions, dimensionsInput } from "./input.ts";
import type { Sample } from "./metric-datum.ts";

const schema = `
  CREATE TABLE IF NOT EXISTS metrics (
    id INTEGER PRIMARY KEY,
    namespace TEXT NOT NULL,
    name TEXT NOT NULL,
    dimensions TEXT NOT NULL,
    active_at INTEGER NOT NULL,
    UNIQUE (namespace, name, dimensions)
  ) STRICT;
  CREATE TABLE IF NOT EXISTS samples (
    metric_id INTEGER NOT NULL,
    at_seconds INTEGER NOT NULL,
    unit TEXT NOT NULL,
    count REAL NOT NULL,
    sum REAL NOT NULL,
    minimum REAL NOT NULL,
    maximum REAL NOT NULL,
    single_values TEXT
  ) STRICT;
  CREATE INDEX IF NOT EXISTS samples_by_time ON samples (metric_id, at_seconds);
`;

const id = z.object({ id: z.number() });
const sampleRow = z.object({
  atSeconds: z.number(),
  unit: z.string(),
  count: z.number(),
  sum: z.number(),
  minimum: z.number(),
  maximum: z.number(),
  values: z.string().nullable(),
});
const values = z.array(z.tuple([z.number(), z.number()])).nullable();
const metricRow = z.object({ namespace: z.string(), name: z.string(), dimensions: z.string() });

export interface MetricKey {
  namespace: string;
  name: string;
  dimensions: Dimensions;
}

/** CloudWatch keeps metrics for 15 months. */
const keptSeconds = 455 * 86_400;

/** A metric is its namespace, name and exact set of dimensions, in whatever order they were given. */
export const dimensionsKey = (dimensions: Dimensions) =>
  JSON.stringify(dimensions.toSorted((a, b) => (a.Name < b.Name ? -1 : 1)).map(({ Name, Value }) => ({ Name, Value })));

export type MetricStore = ReturnType<typeof openMetricStore>;

export function openMetricStore(dataDir: string, nowSeconds: number) {
  const database = openSqlite(join(dataDir, "cloudwatch.sqlite"), schema);
  database.prepare("DELETE FROM samples WHERE at_seconds < ?").run(nowSeconds - keptSeconds);
  const register = database.prepare(
    `INSERT INTO metrics (namespace, name, dimensions, active_at) VALUES (?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET active_at = max(active_at, excluded.active_at) RETURNING id`,
  );
  const add = database.prepare(
    `INSERT INTO samples (metric_id, at_seconds, unit, count, sum, minimum, maximum, single_values)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const find = database.prepare("SELECT id FROM metrics WHERE namespace = ? AND name = ? AND dimensions = ?");
  const between = database.prepare(
    `SELECT at_seconds AS atSeconds, unit, count, sum, minimum, maximum, single_values AS "values" FROM samples
     WHERE metric_id = ? AND at_seconds >= ? AND at_seconds < ? ORDER BY at_seconds`,
  );
  const active = database.prepare(
    "SELECT namespace, name, dimensions FROM metrics WHERE active_at >= ? ORDER BY namespace, name, dimensions",
  );

  return {
    /** All or nothing. `activeAt` is the present in epoch seconds. */
    add(namespace: string, samples: Sample[], activeAt: number) {
      database.exec("BEGIN IMMEDIATE");
      try {
        for (const { metricName, dimensions, atSeconds, unit, count, sum, minimum, maximum, values } of samples) {
          const metric = id.parse(register.get(namespace, metricName, dimensionsKey(dimensions), activeAt));
          add.run(metric.id, atSeconds, unit, count, sum, minimum, maximum, values && JSON.stringify(values));
        }
        database.exec("COMMIT");
      } catch (error) {
        database.exec("ROLLBACK");
        throw error;
      }
    },
    samples({ namespace, name, dimensions }: MetricKey, range: { startSeconds: number; endSeconds: number }) {
      const metric = find.get(namespace, name, dimensionsKey(dimensions));
      if (metric === undefined) return [];
      return between.all(id.parse(metric).id, range.startSeconds, range.endSeconds).map((row) => {
        const sample = sampleRow.parse(row);
        return { ...sample, values: values.parse(JSON.parse(sample.values ?? "null")) };
      });
    },
    activeSince(seconds: number): MetricKey[] {
      return active.all(seconds).map((row) => {
        const { dimensions, ...metric } = metricRow.parse(row);
        return { ...metric, dimensions: dimensionsInput.parse(JSON.parse(dimensions)) };
      });
    },
    close: () => database.close(),
  };
}
