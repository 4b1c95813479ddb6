/// <reference path="./.sst/platform/config.d.ts" />

/** `SERVICE=ledger npx sst deploy --stage prod` deploys one service as an app of its own; without it, all are composed. */
const service = process.env.SERVICE || "all";

export default $config({
  app(input) {
    const isProd = input.stage === "prod";
    return {
      name: service === "all" ? "vsl" : `vsl-${service}`,
      home: "aws",
      removal: isProd ? "retain" : "remove",
      protect: isProd,
      providers: {
        aws: {
          version: "7.20.0",
          region: "us-east-1",
          defaultTags: { tags: { app: "vsl", stage: input.stage, service } },
        },
      },
    };
  },
  async run() {
    const { deploy } = await import("./infra/deploy");
    return deploy(service);
  },
});
