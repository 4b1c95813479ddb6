/** One line of the log: ids, names, counts and times; never a body, a prompt, an input, a token or a URL. */
export interface LogLine {
  level: "INFO" | "WARN" | "ERROR";
  message: string;
  [field: string]: string | number | boolean | null | undefined;
}

export type Log = (line: LogLine) => void;

/** What may be said of an error: its name and our own words; its cause only by name, since an SDK's message may quote a request. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return "unknown";
  const cause = error.cause instanceof Error ? ` (${error.cause.name})` : "";
  return `${error.name}: ${error.message}${cause}`.slice(0, 500);
}
