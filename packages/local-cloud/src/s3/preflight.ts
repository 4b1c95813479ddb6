import type { IncomingHttpHeaders, IncomingMessage } from "node:http";
import type { Answer, Store } from "./call.ts";
import { corsHeaders } from "./cors-rules.ts";
import { s3Error } from "./s3-error.ts";

/** A browser's OPTIONS, which carries no signature. */
export function preflight({ buckets }: Store, bucket: string, headers: IncomingHttpHeaders): Answer {
  const { origin, "access-control-request-method": method } = headers;
  if (origin === undefined) throw s3Error("BadRequest");
  if (method === undefined) {
    throw s3Error("BadRequest", { message: "Invalid Access-Control-Request-Method: null" });
  }
  const { cors } = buckets.get(bucket);
  if (!cors) throw s3Error("AccessForbidden");
  const requestedHeaders = (headers["access-control-request-headers"] ?? "")
    .split(",")
    .map((name) => name.trim().toLowerCase())
    .filter((name) => name !== "");
  const allowed = corsHeaders(cors, { origin, method, requestedHeaders });
  if (allowed) return { status: 200, headers: { ...allowed, "content-length": 0 } };
  throw s3Error("AccessForbidden", {
    message:
      "CORSResponse: This CORS request is not allowed. This is usually because the evalution of Origin, request method / Access-Control-Request-Method or Access-Control-Request-Headers are not whitelisted by the resource's CORS spec.",
  });
}

/** What any other answer says to a page of another origin. */
export function crossOriginHeaders(
  { buckets }: Store,
  bucket: string,
  request: IncomingMessage,
): Record<string, string> {
  const { origin } = request.headers;
  if (origin === undefined) return {};
  const rules = buckets.find(bucket)?.cors ?? [];
  return corsHeaders(rules, { origin, method: request.method ?? "", requestedHeaders: [] }) ?? {};
}
