import { physicalName } from "./names";
import type { Platform } from "./platform";

/** The one public base URL; each service hangs its own routes into it. */
export function createApi() {
  return new sst.aws.ApiGatewayV2("Api", {
    cors: false,
    transform: {
      api: { name: physicalName("api") },
      stage: (args) => {
        args.defaultRouteSettings = {
          throttlingRateLimit: 500,
          throttlingBurstLimit: 1000,
          // Metrics by route are billed each; those of the whole stage are free.
          detailedMetricsEnabled: false,
        };
      },
    },
  });
}

/** One route of a service, as plain resources, since the API may belong to another app. */
export function route(platform: Platform, name: string, routeKeys: string[], fn: sst.aws.Function): void {
  const { id, executionArn } = platform.api;
  const integration = new aws.apigatewayv2.Integration(`${name}Integration`, {
    apiId: id,
    integrationType: "AWS_PROXY",
    integrationUri: fn.arn,
    payloadFormatVersion: "2.0",
  });
  for (const routeKey of routeKeys) {
    new aws.apigatewayv2.Route(`${name}Route-${routeKey.replaceAll(/\W+/g, "-")}`, {
      apiId: id,
      routeKey,
      target: $interpolate`integrations/${integration.id}`,
    });
  }
  new aws.lambda.Permission(`${name}Invoke`, {
    action: "lambda:InvokeFunction",
    function: fn.name,
    principal: "apigateway.amazonaws.com",
    sourceArn: $interpolate`${executionArn}/*`,
  });
}
