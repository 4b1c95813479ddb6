import type { APIGatewayProxyEventV2 } from "aws-lambda";
import { describe, expect, it } from "vitest";
import { type RequestFacts, toEvent } from "./event.ts";

const gateway = {
  accountId: "123456789012",
  apiId: "api-id",
  requestId: "JKJaXmPLvHcESHA=",
  traceId: "Root=1-5e6722a7-cc56xmpl46db7ae02d4da47e",
  now: 1_583_348_638_390,
};

const eventOf = (request: Partial<RequestFacts>) =>
  toEvent(
    {
      method: "GET",
      url: "/",
      protocol: "HTTP/1.1",
      rawHeaders: ["Host", "id.execute-api.us-east-1.amazonaws.com"],
      body: Buffer.alloc(0),
      sourceIp: "192.0.2.1",
      port: 443,
      ...request,
    },
    { routeKey: "$default", function: "f", pathParameters: {} },
    gateway,
  );

describe("payload format 2.0", () => {
  it("is AWS's documented example for the request behind it", () => {
    const event = toEvent(
      {
        method: "POST",
        url: "/my/path?parameter1=value1&parameter1=value2&parameter2=value",
        protocol: "HTTP/1.1",
        rawHeaders: [
          ...["Host", "id.execute-api.us-east-1.amazonaws.com:443", "Header1", "value1", "Header2", "value1"],
          ...["header2", "value2", "User-Agent", "agent", "Cookie", "cookie1=a; cookie2=b", "Connection", "close"],
          ...["Content-Type", "application/json; charset=utf-8"],
        ],
        body: Buffer.from('{"key":"ö"}'),
        sourceIp: "192.0.2.1",
        port: 443,
      },
      { routeKey: "POST /my/{proxy+}", function: "f", pathParameters: { proxy: "path" } },
      gateway,
    );
    const expected: APIGatewayProxyEventV2 = {
      version: "2.0",
      routeKey: "POST /my/{proxy+}",
      rawPath: "/my/path",
      rawQueryString: "parameter1=value1&parameter1=value2&parameter2=value",
      cookies: ["cookie1=a", "cookie2=b"],
      headers: {
        host: "id.execute-api.us-east-1.amazonaws.com:443",
        header1: "value1",
        header2: "value1,value2",
        "user-agent": "agent",
        "content-type": "application/json; charset=utf-8",
        "content-length": "12",
        "x-amzn-trace-id": gateway.traceId,
        "x-forwarded-for": "192.0.2.1",
        "x-forwarded-port": "443",
        "x-forwarded-proto": "http",
      },
      queryStringParameters: { parameter1: "value1,value2", parameter2: "value" },
      pathParameters: { proxy: "path" },
      requestContext: {
        accountId: "123456789012",
        apiId: "api-id",
        domainName: "id.execute-api.us-east-1.amazonaws.com",
        domainPrefix: "id",
        http: {
          method: "POST",
          path: "/my/path",
          protocol: "HTTP/1.1",
          sourceIp: "192.0.2.1",
          userAgent: "agent",
        },
        requestId: "JKJaXmPLvHcESHA=",
        routeKey: "POST /my/{proxy+}",
        stage: "$default",
        time: "04/Mar/2020:19:03:58 +0000",
        timeEpoch: 1_583_348_638_390,
      },
      body: '{"key":"ö"}',
      isBase64Encoded: false,
    };
    expect(event).toEqual(expected);
  });

  it("leaves out what a request does not have", () => {
    const event = eventOf({});
    for (const absent of ["cookies", "queryStringParameters", "pathParameters", "body"]) {
      expect(event).not.toHaveProperty(absent);
    }
    expect(event).toMatchObject({ rawQueryString: "", isBase64Encoded: false });
  });

  it("hands out the decoded path, the query string as it came, and decoded query parameters", () => {
    expect(eventOf({ url: "/a%20b/%40c?colors[]=blue&colors[]=dark+red&x=%2F&empty" })).toMatchObject({
      rawPath: "/a b/@c",
      rawQueryString: "colors[]=blue&colors[]=dark+red&x=%2F&empty",
      queryStringParameters: { "colors[]": "blue,dark red", x: "/", empty: "" },
      requestContext: { http: { path: "/a b/@c" } },
    });
  });

  // Measured on AWS: text only for these types.
  it.each([
    ["text/plain", false],
    ["text/csv; charset=utf-8", false],
    ["application/json", false],
    ["application/xml", false],
    ["application/javascript", false],
    ["application/x-www-form-urlencoded", true],
    ["application/octet-stream", true],
    ["image/png", true],
    [undefined, true],
  ])("sends a body of type %s as base64: %s", (type, isBase64Encoded) => {
    const rawHeaders = type === undefined ? [] : ["content-type", type];
    const body = isBase64Encoded ? "aGVsbG8=" : "hello";
    expect(eventOf({ rawHeaders, body: Buffer.from("hello") })).toMatchObject({ body, isBase64Encoded });
  });

  it("appends the caller to who forwarded before", () => {
    const rawHeaders = ["X-Forwarded-For", "203.0.113.7"];
    expect(eventOf({ rawHeaders })).toMatchObject({ headers: { "x-forwarded-for": "203.0.113.7, 192.0.2.1" } });
  });
});
