import * as z from "zod";

/** `Resource.Database`, as SST's Postgres component links it. */
export const databaseLinkSchema = z.object({
  host: z.string().min(1),
  port: z.coerce.number().int(),
  username: z.string(),
  password: z.string(),
  database: z.string().min(1),
  sslmode: z.enum(["disable", "require", "verify-full"]).optional(),
});

export type DatabaseLink = z.output<typeof databaseLinkSchema>;

const loopback = new Set(["127.0.0.1", "::1", "localhost"]);

/** TLS wherever the way leads over a network, unless the link says otherwise. */
export function connectionOf({ host, port, username, password, database, sslmode }: DatabaseLink) {
  const mode = sslmode ?? (loopback.has(host) ? "disable" : "require");
  const ssl = mode === "disable" ? false : { rejectUnauthorized: mode === "verify-full" };
  return { host, port, user: username, password, database, ssl };
}
