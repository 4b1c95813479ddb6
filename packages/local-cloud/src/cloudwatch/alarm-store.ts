import { join } from "node:path";
import { z } from "zod";
import { openSqlite } from "../sqlite.ts";
import { type AlarmDefinition, alarmDefinition } from "./alarm-definition.ts";

const schema = `
  CREATE TABLE IF NOT EXISTS alarms (
    name TEXT PRIMARY KEY,
    definition TEXT NOT NULL,
    state TEXT NOT NULL,
    configured_at INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE IF NOT EXISTS alarm_history (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL,
    item_type TEXT NOT NULL,
    summary TEXT NOT NULL,
    details TEXT NOT NULL,
    at INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX IF NOT EXISTS alarm_history_by_name ON alarm_history (name, at);
`;

export const alarmValue = z.enum(["INSUFFICIENT_DATA", "ALARM", "OK"]);

/** Times are epoch milliseconds. */
const alarmState = z.object({
  value: alarmValue,
  reason: z.string(),
  /** JSON. */
  reasonData: z.string().optional(),
  updatedAt: z.number(),
  /** When the value last became another. */
  transitionedAt: z.number(),
});
export type AlarmState = z.infer<typeof alarmState>;

const alarmRow = z.object({ definition: z.string(), state: z.string(), configuredAt: z.number() });
const historyRow = z.object({
  name: z.string(),
  itemType: z.enum(["ConfigurationUpdate", "StateUpdate"]),
  summary: z.string(),
  details: z.string(),
  at: z.number(),
});
export type HistoryItem = z.infer<typeof historyRow>;

export interface Alarm {
  definition: AlarmDefinition;
  state: AlarmState;
  configuredAt: number;
}

/** As long as AWS keeps it. */
const keptMilliseconds = 30 * 86_400_000;

export type AlarmStore = ReturnType<typeof openAlarmStore>;

export function openAlarmStore(dataDir: string, now: number) {
  const database = openSqlite(join(dataDir, "alarms.sqlite"), schema);
  database.prepare("DELETE FROM alarm_history WHERE at < ?").run(now - keptMilliseconds);
  const columns = "definition, state, configured_at AS configuredAt";
  const select = database.prepare(`SELECT ${columns} FROM alarms WHERE name = ?`);
  const selectAll = database.prepare(`SELECT ${columns} FROM alarms ORDER BY name`);
  const upsert = database.prepare(
    "INSERT OR REPLACE INTO alarms (name, definition, state, configured_at) VALUES (?, ?, ?, ?)",
  );
  const remove = database.prepare("DELETE FROM alarms WHERE name = ?");
  const remember = database.prepare(
    "INSERT INTO alarm_history (name, item_type, summary, details, at) VALUES (:name, :itemType, :summary, :details, :at)",
  );
  const history = database.prepare(
    "SELECT name, item_type AS itemType, summary, details, at FROM alarm_history ORDER BY at, id",
  );

  function toAlarm(found: unknown): Alarm {
    const { definition, state, configuredAt } = alarmRow.parse(found);
    return {
      definition: alarmDefinition.parse(JSON.parse(definition)),
      state: alarmState.parse(JSON.parse(state)),
      configuredAt,
    };
  }

  return {
    find(name: string): Alarm | undefined {
      const found = select.get(name);
      return found && toAlarm(found);
    },
    list: () => selectAll.all().map(toAlarm),
    put({ definition, state, configuredAt }: Alarm) {
      upsert.run(definition.AlarmName, JSON.stringify(definition), JSON.stringify(state), configuredAt);
    },
    remove(name: string) {
      remove.run(name);
    },
    remember(item: HistoryItem) {
      remember.run(item);
    },
    /** Oldest first; of alarms that are gone, too. */
    history: () => history.all().map((found) => historyRow.parse(found)),
    close: () => database.close(),
  };
}
