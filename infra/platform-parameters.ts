import { localDatabases } from "./dev/link-local";
import { platformParameter } from "./names";
import type { Platform } from "./platform";

type Values = Record<string, $util.Input<string>>;

/** The platform app writes its facts where the services' apps read them; secrets as SecureStrings. */
export function publishPlatform(facts: Values, secrets: Values): void {
  for (const [name, value] of Object.entries(facts)) write(name, "String", value);
  for (const [name, value] of Object.entries(secrets)) write(name, "SecureString", value);
}

const write = (name: string, type: "String" | "SecureString", value: $util.Input<string>) =>
  new aws.ssm.Parameter(`Platform-${name}`, { name: platformParameter(name), type, value });

const read = (name: string) => aws.ssm.getParameterOutput({ name: platformParameter(name) }).insecureValue;
const readSecret = (name: string) =>
  aws.ssm.getParameterOutput({ name: platformParameter(name), withDecryption: true }).value;
const readList = (name: string) => read(name).apply((ids) => ids.split(","));
const readNumber = (name: string) => read(name).apply(Number);

/** The platform as a service's own app sees it: read on first use, so that a deploy asks only for what its service needs. */
export function referencePlatform(): Platform {
  const links = new Map<string, sst.Linkable<Record<string, unknown>>>();
  /** A component's name may be used once in an app, however often the getters are. */
  const link = (name: string, properties: () => Record<string, unknown>) => {
    const known = links.get(name) ?? new sst.Linkable(name, { properties: properties() });
    links.set(name, known);
    return known;
  };
  return {
    get bus() {
      const [name, arn] = [read("bus-name"), read("bus-arn")];
      return { link: link("Bus", () => ({ name, arn })), name, arn };
    },
    get api() {
      const url = read("api-url");
      return {
        link: link("Api", () => ({ url })),
        url,
        id: read("api-id"),
        executionArn: read("api-execution-arn"),
      };
    },
    get database() {
      if ($dev) return localDatabases().database;
      const properties = () => ({
        host: read("database-host"),
        port: readNumber("database-port"),
        username: read("database-username"),
        password: readSecret("database-password"),
        database: read("database-name"),
      });
      return { link: link("Database", properties) };
    },
    get cache() {
      if ($dev) return localDatabases().cache;
      return { link: link("Cache", () => ({ host: read("cache-host"), port: readNumber("cache-port") })) };
    },
    get mediaLinkSecret() {
      return { link: link("MediaLinkSecret", () => ({ value: readSecret("media-link-secret") })) };
    },
    get network() {
      if ($dev) return undefined;
      return { privateSubnets: readList("private-subnets"), securityGroups: readList("security-groups") };
    },
    get alarmTopicArn() {
      return read("alarm-topic-arn");
    },
  };
}
