import type { MatchedRoute } from "./routes.ts";

export interface RequestFacts {
  method: string;
  /** As sent: percent-encoded, with the query string. */
  url: string;
  protocol: string;
  /** Names and values in turn, as they came (`IncomingMessage.rawHeaders`). */
  rawHeaders: string[];
  body: Buffer;
  sourceIp: string;
  port: number;
}

interface GatewayFacts {
  accountId: string;
  apiId: string;
  requestId: string;
  traceId: string;
  now: number;
}

/** Connection-level headers end at API Gateway; cookies have a field of their own. */
const ownHeaders = new Set([
  "connection",
  "cookie",
  "expect",
  "keep-alive",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);
const textTypes = new Set(["application/json", "application/xml", "application/javascript"]);

/** Throws `URIError` for a path that cannot be decoded. */
export function parseUrl(url: string): { rawPath: string; rawQueryString: string } {
  const at = url.indexOf("?");
  const path = at < 0 ? url : url.slice(0, at);
  // HTTP APIs hand out the decoded path, and lose what follows an encoded question mark.
  const rawPath = decodeURIComponent(path).split("?", 1).join();
  return { rawPath, rawQueryString: at < 0 ? "" : url.slice(at + 1) };
}

/** The event of payload format 2.0, as an HTTP API sends it to a function. */
export function toEvent(request: RequestFacts, route: MatchedRoute, gateway: GatewayFacts): Record<string, unknown> {
  const { rawPath, rawQueryString } = parseUrl(request.url);
  const { headers, cookies } = gatherHeaders(request, gateway);
  const { accountId, apiId, requestId, now } = gateway;
  const domainName = (headers["host"] ?? "").replace(/:\d+$/, "");
  const query = gatherQuery(rawQueryString);
  const isText = hasTextBody(headers["content-type"]);
  return {
    version: "2.0",
    routeKey: route.routeKey,
    rawPath,
    rawQueryString,
    ...(cookies.length > 0 && { cookies }),
    headers,
    ...(Object.keys(query).length > 0 && { queryStringParameters: query }),
    ...(Object.keys(route.pathParameters).length > 0 && { pathParameters: route.pathParameters }),
    requestContext: {
      accountId,
      apiId,
      domainName,
      domainPrefix: domainName.split(".", 1).join(),
      http: {
        method: request.method,
        path: rawPath,
        protocol: request.protocol,
        sourceIp: request.sourceIp,
        userAgent: headers["user-agent"] ?? "",
      },
      requestId,
      routeKey: route.routeKey,
      stage: "$default",
      time: commonLogTime(now),
      timeEpoch: now,
    },
    ...(request.body.length > 0 && { body: request.body.toString(isText ? "utf8" : "base64") }),
    isBase64Encoded: request.body.length > 0 && !isText,
  };
}

function gatherHeaders({ rawHeaders, body, sourceIp, port }: RequestFacts, { traceId }: GatewayFacts) {
  const headers: Record<string, string> = {};
  const cookies: string[] = [];
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    const name = (rawHeaders[at] ?? "").toLowerCase();
    const value = rawHeaders[at + 1] ?? "";
    if (name === "cookie") cookies.push(...value.split(";").map((cookie) => cookie.trim()));
    if (ownHeaders.has(name)) continue;
    headers[name] = headers[name] === undefined ? value : `${headers[name]},${value}`;
  }
  const forwardedFor = headers["x-forwarded-for"];
  return {
    cookies: cookies.filter((cookie) => cookie !== ""),
    headers: {
      ...headers,
      "content-length": String(body.length),
      "x-amzn-trace-id": headers["x-amzn-trace-id"] ?? traceId,
      "x-forwarded-for": forwardedFor === undefined ? sourceIp : `${forwardedFor}, ${sourceIp}`,
      "x-forwarded-port": String(port),
      "x-forwarded-proto": "http",
    } as Record<string, string>,
  };
}

function gatherQuery(rawQueryString: string): Record<string, string> {
  const query: Record<string, string> = {};
  for (const [name, value] of new URLSearchParams(rawQueryString)) {
    query[name] = query[name] === undefined ? value : `${query[name]},${value}`;
  }
  return query;
}

/** Measured on AWS by others: all else is base64, form posts and bodies without a type included. */
function hasTextBody(contentType: string | undefined): boolean {
  const type = (contentType ?? "").split(";", 1).join().trim().toLowerCase();
  return type.startsWith("text/") || textTypes.has(type);
}

/** `12/Mar/2020:19:03:58 +0000` */
function commonLogTime(epochMs: number): string {
  const [, day, month, year, time] = new Date(epochMs).toUTCString().split(" ");
  return `${day}/${month}/${year}:${time} +0000`;
}
