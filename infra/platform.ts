import { createApi } from "./api";
import { createCache } from "./cache";
import { createDatabase } from "./database";
import { localDatabases } from "./dev/link-local";
import { isDeployedStage, physicalName } from "./names";
import { createNetwork, type Network } from "./network";
import { publishPlatform } from "./platform-parameters";
import { watchPlatform } from "./watch-platform";

/** What a service may need of the platform: made here when composed, read from SSM when the service deploys alone. */
export interface Platform {
  bus: { link: unknown; name: $util.Input<string>; arn: $util.Input<string> };
  api: { link: unknown; url: $util.Input<string>; id: $util.Input<string>; executionArn: $util.Input<string> };
  database: { link: unknown };
  cache: { link: unknown };
  mediaLinkSecret: { link: unknown };
  /** Only what needs Redis or Postgres goes in. None in `sst dev`, where both are on the developer's machine. */
  network: Network | undefined;
  alarmTopicArn: $util.Input<string>;
}

export function createPlatform(): Platform {
  const bus = new sst.aws.Bus("Bus", { transform: { bus: { name: physicalName("bus") } } });
  new aws.cloudwatch.EventArchive("Archive", {
    name: physicalName("archive"),
    eventSourceArn: bus.arn,
    retentionDays: isDeployedStage() ? 365 : 30,
  });
  const api = createApi();
  const mediaLinkSecret = new sst.Secret("MediaLinkSecret");
  const alarms = new aws.sns.Topic("Alarms", { name: physicalName("alarms") });
  const shared = {
    bus: { link: bus, name: bus.name, arn: bus.arn },
    api: { link: api, url: api.url, id: api.nodes.api.id, executionArn: api.nodes.api.executionArn },
    mediaLinkSecret: { link: mediaLinkSecret },
    alarmTopicArn: alarms.arn,
  };
  // Nobody refers to a stage under `sst dev`, and nothing that costs by the hour is made for it.
  if ($dev) return { ...shared, ...localDatabases(), network: undefined };

  const network = createNetwork();
  const database = createDatabase(network);
  const cache = createCache(network);
  publishPlatform(
    {
      "bus-name": bus.name,
      "bus-arn": bus.arn,
      "api-id": api.nodes.api.id,
      "api-url": api.url,
      "api-execution-arn": api.nodes.api.executionArn,
      "private-subnets": joined(network.privateSubnets),
      "security-groups": joined(network.securityGroups),
      "alarm-topic-arn": alarms.arn,
      "database-host": database.host,
      "database-port": $interpolate`${database.port}`,
      "database-username": database.username,
      "database-name": database.database,
      "cache-host": cache.host,
      "cache-port": $interpolate`${cache.port}`,
    },
    { "database-password": database.password, "media-link-secret": mediaLinkSecret.value },
  );
  watchPlatform({ apiId: api.nodes.api.id, alarmTopicArn: alarms.arn });
  return { ...shared, database: { link: database }, cache: { link: cache.link }, network };
}

const joined = (ids: Network["privateSubnets"]) => $util.output(ids).apply((all) => all.join(","));
