import { createApi } from "./api";
import { createCache } from "./cache";
import { isDeployedStage, physicalName } from "./names";
import { createNetwork } from "./network";
import { publishPlatform } from "./platform-parameters";

type Ids = $util.Input<$util.Input<string>[]>;

/** What a service may need of the platform: made here when composed, read from SSM when the service deploys alone. */
export interface Platform {
  bus: { link: unknown; name: $util.Input<string>; arn: $util.Input<string> };
  api: { link: unknown; id: $util.Input<string>; executionArn: $util.Input<string> };
  database: { link: unknown };
  cache: { link: unknown };
  mediaLinkSecret: { link: unknown };
  /** Only what needs Redis or Postgres goes in. */
  network: { privateSubnets: Ids; securityGroups: Ids };
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
  const network = createNetwork();
  const database = new sst.aws.Postgres("Database", {
    vpc: network,
    version: "17",
    instance: "t4g.micro",
    database: "vsl",
    dev: { host: "127.0.0.1", port: 5432, username: "postgres", password: "postgres", database: "vsl" },
  });
  const cache = createCache(network);
  const mediaLinkSecret = new sst.Secret("MediaLinkSecret");
  const alarms = new aws.sns.Topic("Alarms", { name: physicalName("alarms") });
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
  return {
    bus: { link: bus, name: bus.name, arn: bus.arn },
    api: { link: api, id: api.nodes.api.id, executionArn: api.nodes.api.executionArn },
    database: { link: database },
    cache: { link: cache.link },
    mediaLinkSecret: { link: mediaLinkSecret },
    network: { privateSubnets: network.privateSubnets, securityGroups: network.securityGroups },
    alarmTopicArn: alarms.arn,
  };
}

const joined = (ids: Ids) => $util.output(ids).apply((all) => all.join(","));
