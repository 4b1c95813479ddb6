import type { Postgres } from "../postgres/postgres.ts";
import type { Redis } from "../redis/redis.ts";
import type { Topology } from "../topology.ts";

export interface LocalValues {
  /** Where the gateway answers. */
  url: string;
  queueUrl: (queueName: string) => string;
  postgres: Pick<Postgres, "host" | "port" | "username" | "password" | "database" | "sslmode"> | undefined;
  redis: Pick<Redis, "host" | "port" | "username" | "password" | "tls"> | undefined;
  /** By the secret's SST name. */
  secrets: Record<string, string>;
  /** By the link's name; the last word over everything else. */
  overrides: Record<string, Record<string, unknown>>;
}

type Link = Record<string, unknown>;

/** What `Resource.<name>` holds on this machine: the topology's links with what runs here laid over them, by SST's type. */
export function localLinks(functions: Topology["functions"], local: LocalValues): Record<string, Link> {
  const links: Record<string, Link> = {};
  for (const fn of functions) {
    for (const [name, link] of Object.entries(fn.links)) {
      links[name] ??= { ...link, ...localValue(name, link, local), ...local.overrides[name] };
    }
  }
  return links;
}

function localValue(name: string, link: Link, local: LocalValues): Link {
  switch (link["type"]) {
    case "sst.aws.Queue":
      return { url: local.queueUrl(String(link["url"]).split("/").at(-1) ?? "") };
    case "sst.aws.ApiGatewayV2":
      return { url: local.url };
    case "sst.aws.Postgres": {
      const { host, port, username, password, database, sslmode } = running(
        local.postgres,
        `${name} links a Postgres, and none runs.`,
      );
      return { host, port, username, password, database, sslmode };
    }
    case "sst.aws.Redis": {
      const { host, port, username, password, tls } = running(local.redis, `${name} links a Redis, and none runs.`);
      return { host, port, username, password, tls };
    }
    case "sst.sst.Secret":
      if (name in local.overrides) return {};
      return {
        value: running(local.secrets[name], `The secret ${name} has no value: give it with --secret ${name}=…`),
      };
    default:
      return {};
  }
}

function running<T>(value: T | undefined, otherwise: string): T {
  if (value === undefined) throw new Error(otherwise);
  return value;
}
