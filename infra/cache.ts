import { physicalName } from "./names";

/** Valkey Serverless: billed by what it holds, from 100 MB. It speaks TLS only. */
export function createCache(network: sst.aws.Vpc) {
  if ($dev) return linked("127.0.0.1", 6379);
  const { endpoints } = new aws.elasticache.ServerlessCache("CacheCluster", {
    name: physicalName("cache"),
    engine: "valkey",
    majorEngineVersion: "8",
    subnetIds: network.privateSubnets,
    securityGroupIds: network.securityGroups,
    cacheUsageLimits: { dataStorage: { maximum: 1, unit: "GB" } },
  });
  return linked(
    endpoints.apply(([first]) => first.address),
    endpoints.apply(([first]) => first.port),
  );
}

const linked = (host: $util.Input<string>, port: $util.Input<number>) => ({
  host,
  port,
  link: new sst.Linkable("Cache", { properties: { host, port } }),
});
