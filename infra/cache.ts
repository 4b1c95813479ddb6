import { physicalName } from "./names";
import type { Network } from "./network";

/** Valkey Serverless: billed by what it holds, from 100 MB. It speaks TLS only. */
export function createCache(network: Network) {
  const { endpoints } = new aws.elasticache.ServerlessCache("CacheCluster", {
    name: physicalName("cache"),
    engine: "valkey",
    majorEngineVersion: "8",
    subnetIds: network.privateSubnets,
    securityGroupIds: network.securityGroups,
    cacheUsageLimits: { dataStorage: { maximum: 1, unit: "GB" } },
  });
  return linkCache({
    host: endpoints.apply(([first]) => first.address),
    port: endpoints.apply(([first]) => first.port),
  });
}

export function linkCache({ host, port }: { host: $util.Input<string>; port: $util.Input<number> }) {
  return { host, port, link: new sst.Linkable("Cache", { properties: { host, port } }) };
}
