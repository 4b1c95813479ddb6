import { Client } from "pg";

/** libpq's modes, as far as they differ here: in the clear, encrypted, and encrypted to a host that has proven its name. */
type Sslmode = "disable" | "require" | "verify-full";

export interface Postgres {
  /** With the password in it: not for logs. */
  url: string;
  host: string;
  port: number;
  username: string;
  password: string;
  database: string;
  sslmode: Sslmode;
  /** Such as "18.4". */
  version: string;
  stop(): Promise<void>;
}

/** Checks the Postgres that `DATABASE_URL` names. Whatever is wrong is said in one line, with the remedy, without the password. */
export async function connectPostgres(databaseUrl: string): Promise<Postgres> {
  const parts = parseDatabaseUrl(databaseUrl);
  const { username: user, sslmode, ...place } = parts;
  // As the functions will connect by their link, which has these parts and no URL.
  const ssl = sslmode !== "disable" && { rejectUnauthorized: sslmode === "verify-full" };
  const client = new Client({ ...place, user, ssl, connectionTimeoutMillis: 5_000 });
  client.on("error", () => undefined); // A connection lost while we close it is not news.
  try {
    await client.connect();
    const { rows } = await client.query<{ server_version: string }>("SHOW server_version");
    const version = rows[0]?.server_version.split(" ")[0] ?? "unknown";
    return { url: databaseUrl, ...parts, version, stop: async () => undefined };
  } catch (cause) {
    throw new Error(explain(cause, parts), { cause });
  } finally {
    await client.end().catch(() => undefined);
  }
}

type UrlParts = Pick<Postgres, "host" | "port" | "username" | "password" | "database" | "sslmode">;

/** Whatever leads over a network is encrypted, unless the URL says otherwise. */
const sslmodes: Record<string, Sslmode> = {
  disable: "disable",
  require: "require",
  "no-verify": "require",
  "verify-ca": "verify-full",
  "verify-full": "verify-full",
};
const loopback = new Set(["127.0.0.1", "::1", "localhost"]);

function readSslmode(given: string | null, host: string): Sslmode {
  if (given === null || given === "prefer" || given === "allow") return loopback.has(host) ? "disable" : "require";
  const sslmode = sslmodes[given];
  if (sslmode !== undefined) return sslmode;
  throw new Error(`DATABASE_URL has the sslmode "${given}": use one of ${Object.keys(sslmodes).join(", ")}.`);
}

function parseDatabaseUrl(databaseUrl: string): UrlParts {
  const wanted = "it must look like postgresql://user:password@host:5432/database";
  const url = URL.parse(databaseUrl);
  if (!url) throw new Error(`DATABASE_URL is not a URL: ${wanted}.`);
  if (url.protocol !== "postgres:" && url.protocol !== "postgresql:") {
    throw new Error(`DATABASE_URL begins with "${url.protocol}//": ${wanted}.`);
  }
  const missing = [
    url.username === "" && "user",
    url.hostname === "" && "host",
    url.pathname.length < 2 && "database",
  ].filter((part) => part !== false);
  if (missing.length > 0) throw new Error(`DATABASE_URL names no ${missing.join(" and no ")}: ${wanted}.`);
  const host = url.hostname.replace(/^\[(.*)\]$/, "$1");
  return {
    host,
    sslmode: readSslmode(url.searchParams.get("sslmode"), host),
    port: url.port === "" ? 5432 : Number(url.port),
    username: decodeURIComponent(url.username),
    password: decodeURIComponent(url.password),
    database: decodeURIComponent(url.pathname.slice(1)),
  };
}

function explain(error: unknown, { host, port, username, database }: UrlParts): string {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  const reason = error instanceof Error ? error.message : String(error);
  const at = `${host}:${port}`;
  if (code === "28P01") return `Postgres at ${at} refuses the password of "${username}": correct it in DATABASE_URL.`;
  if (code === "3D000") {
    return `Postgres at ${at} has no database "${database}": create it (CREATE DATABASE "${database}") or correct DATABASE_URL.`;
  }
  if (code.startsWith("28")) {
    return `Postgres at ${at} does not let "${username}" in (${reason}): correct DATABASE_URL; hosted servers often want "?sslmode=require" at its end.`;
  }
  if (/does not support SSL/i.test(reason)) {
    return `Postgres at ${at} does not speak TLS: write "?sslmode=disable" at the end of DATABASE_URL, if you trust the way there.`;
  }
  if (/^(DEPTH_ZERO_)?SELF_SIGNED|UNABLE_TO_|CERT_|ERR_TLS/.test(code)) {
    return `Postgres at ${at} cannot prove who it is (${reason}): write "?sslmode=require" at the end of DATABASE_URL to do without.`;
  }
  if (code === "ENOTFOUND" || code === "EAI_AGAIN") {
    return `There is no host "${host}": correct DATABASE_URL, or unset it to use the embedded Postgres.`;
  }
  if (/^[A-Z]\w{4}$/.test(code))
    return `Postgres at ${at} answers "${reason}" (${code}): see to it, or correct DATABASE_URL.`;
  return `Nothing that speaks Postgres answers at ${at} (${code || reason}): start it, correct DATABASE_URL, or unset it to use the embedded Postgres.`;
}
