/// <reference path="../../.sst/platform/config.d.ts" />

export default $config({
  app: () => ({
    name: "thumbnails",
    home: "aws",
    providers: { aws: { version: "7.20.0", region: "us-east-1" } },
  }),
  async run() {
    const pictures = new sst.aws.Bucket("Pictures");
    const index = new sst.aws.Dynamo("Index", {
      fields: { id: "string" },
      primaryIndex: { hashKey: "id" },
      ttl: "expiresAt",
    });
    const failed = new sst.aws.Queue("Failed");
    const work = new sst.aws.Queue("Work", {
      visibilityTimeout: "1 minute",
      dlq: { queue: failed.arn, retry: 3 },
    });

    work.subscribe(
      {
        handler: "src/make-thumbnails.handler",
        link: [pictures, index],
        memory: "512 MB",
        timeout: "30 seconds",
        nodejs: { install: ["sharp"] },
      },
      { batch: { size: 5, partialResponses: true } },
    );

    const api = new sst.aws.ApiGatewayV2("Api");
    api.route("POST /pictures", { handler: "src/accept-picture.handler", link: [pictures, index, work] });
    api.route("GET /pictures/{id}", { handler: "src/show-picture.handler", link: [pictures, index] });

    new sst.aws.CronV2("RetryForgotten", {
      schedule: "rate(5 minutes)",
      event: { olderThanMinutes: 10 },
      function: { handler: "src/retry-forgotten.handler", link: [index, work] },
    });
    return { url: api.url };
  },
});
