import { styleText } from "node:util";
import { z } from "zod";

export const levels = ["DEBUG", "INFO", "WARN", "ERROR"] as const;
export type Level = (typeof levels)[number];

/** A line of a service's log. What is not one of ours (a stack trace, a library's words) has neither time nor level. */
export interface LogLine {
  raw: string;
  time: number | undefined;
  level: Level | undefined;
  message: string;
  /** What is told beside the message, in the order in which it was written. */
  fields: [name: string, value: unknown][];
}

const jsonLine = z.record(z.string(), z.unknown());
const level = z.preprocess((text) => (text === "CRITICAL" ? "ERROR" : text), z.enum(levels));
const failure = z.object({ name: z.string().optional(), message: z.string() });
const platformLine = z.object({ type: z.string().startsWith("platform."), record: jsonLine });
const platformRecord = z.looseObject({
  metrics: jsonLine.optional(),
  errors: z.array(z.object({ handler: z.string(), error: z.object({ errorMessage: z.string() }) })).optional(),
});
/** Said of every line, and so of none. */
const known = new Set(["timestamp", "time", "level", "message", "service", "sampling_rate"]);

export function parseLogLine(raw: string): LogLine {
  const members = parseJson(raw);
  if (members === undefined) return { raw, time: undefined, level: undefined, message: raw, fields: [] };
  const time = Date.parse(String(members["timestamp"] ?? members["time"]));
  const line = { raw, time: Number.isNaN(time) ? undefined : time };
  const platform = platformLine.safeParse(members);
  if (platform.success) return { ...line, ...describePlatform(platform.data) };
  const fields = Object.entries(members).filter(([name]) => !known.has(name));
  return { ...line, level: level.safeParse(members["level"]).data, message: String(members["message"] ?? ""), fields };
}

/** Lambda's own events: what went wrong in them is what a developer looks for. */
function describePlatform({
  type,
  record,
}: z.infer<typeof platformLine>): Pick<LogLine, "level" | "message" | "fields"> {
  const { trace: _left, metrics = {}, errors, ...rest } = platformRecord.parse(record);
  const fields = Object.entries({ ...rest, ...metrics });
  if (type === "platform.report") return { level: "ERROR", message: "invocation failed", fields };
  if (type === "platform.exit") return { level: "WARN", message: "process ended", fields };
  if (errors === undefined) return { level: "INFO", message: "process started", fields };
  const unloadable = errors.map(({ handler, error }): [string, unknown] => [handler, error.errorMessage]);
  return { level: "ERROR", message: "handlers cannot be loaded", fields: [...fields, ...unloadable] };
}

function parseJson(raw: string): Record<string, unknown> | undefined {
  try {
    return jsonLine.safeParse(JSON.parse(raw)).data;
  } catch {
    return undefined;
  }
}

const colors = { DEBUG: "gray", INFO: "green", WARN: "yellow", ERROR: "red" } as const;

/** On one line: the time of day here, the level, the message, and the rest as name=value. */
export function renderLogLine({ time, level: at, message, fields, raw }: LogLine): string {
  if (time === undefined && at === undefined) return raw;
  const shownLevel = at === undefined ? "     " : styleText(colors[at], at.padEnd(5));
  const shownFields = fields.map(([name, value]) => `${styleText("dim", `${name}=`)}${renderValue(value)}`);
  return [time === undefined ? "            " : timeOfDay(time), shownLevel, message, ...shownFields].join(" ");
}

function timeOfDay(epochMs: number): string {
  const date = new Date(epochMs);
  const two = (part: number) => String(part).padStart(2, "0");
  const seconds = `${two(date.getSeconds())}.${String(date.getMilliseconds()).padStart(3, "0")}`;
  return `${two(date.getHours())}:${two(date.getMinutes())}:${seconds}`;
}

function renderValue(value: unknown): string {
  const failed = failure.safeParse(value);
  if (failed.success) return quoted([failed.data.name, failed.data.message].filter(Boolean).join(": "));
  return typeof value === "string" ? quoted(value) : JSON.stringify(value);
}

const quoted = (text: string) => (/^[^\s"=]+$/.test(text) ? text : JSON.stringify(text));
