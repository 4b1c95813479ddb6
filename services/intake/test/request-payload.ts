import type { LambdaEvent } from "hono/aws-lambda";

type PayloadV2 = Extract<LambdaEvent, { version: string; rawPath: string }>;

/** What API Gateway's HTTP API hands to a function (payload format 2.0). */
export function requestPayload(method: string, path: string, body?: unknown): PayloadV2 {
  const headers = {
    host: "localhost:3000",
    ...(body !== undefined && { "content-type": "application/json" }),
  };
  return {
    version: "2.0",
    routeKey: "$default",
    rawPath: path,
    rawQueryString: "",
    headers,
    body: body === undefined ? null : JSON.stringify(body),
    isBase64Encoded: false,
    requestContext: {
      accountId: "000000000000",
      apiId: "local",
      authentication: null,
      authorizer: {},
      domainName: "localhost:3000",
      domainPrefix: "localhost",
      http: { method, path, protocol: "HTTP/1.1", sourceIp: "127.0.0.1", userAgent: "vitest" },
      requestId: "request",
      routeKey: "$default",
      stage: "$default",
      time: "20/Nov/2026:10:30:00 +0000",
      timeEpoch: 0,
    },
  };
}
