/** Where the parts of the machine say what a developer should know; never a request's body, never a secret. */
export type Report = (line: { level: "WARN" | "ERROR"; message: string; error?: unknown }) => void;
