import { z } from "zod";
import { s3Error } from "./s3-error.ts";
import { childrenOf, parseXml, textOf, type XmlValue } from "./xml.ts";

export const corsRule = z.object({
  id: z.string().optional(),
  allowedOrigins: z.array(z.string()),
  allowedMethods: z.array(z.string()),
  allowedHeaders: z.array(z.string()),
  exposeHeaders: z.array(z.string()),
  maxAgeSeconds: z.number().optional(),
});
export type CorsRule = z.infer<typeof corsRule>;

export interface CorsQuestion {
  origin: string;
  method: string;
  /** Of a preflight; lower case. */
  requestedHeaders: string[];
}

/** The response headers by which a browser lets the page read the answer; undefined where no rule allows it. */
export function corsHeaders(rules: CorsRule[], { origin, method, requestedHeaders }: CorsQuestion) {
  const rule = rules.find(
    ({ allowedOrigins, allowedMethods, allowedHeaders }) =>
      allowedOrigins.some((pattern) => matches(pattern, origin)) &&
      allowedMethods.includes(method) &&
      requestedHeaders.every((name) => allowedHeaders.some((pattern) => matches(pattern.toLowerCase(), name))),
  );
  if (!rule) return undefined;
  const anyOrigin = rule.allowedOrigins.includes("*");
  return {
    "access-control-allow-origin": anyOrigin ? "*" : origin,
    "access-control-allow-methods": rule.allowedMethods.join(", "),
    ...(!anyOrigin && { "access-control-allow-credentials": "true" }),
    ...(requestedHeaders.length > 0 && { "access-control-allow-headers": requestedHeaders.join(", ") }),
    ...(rule.exposeHeaders.length > 0 && { "access-control-expose-headers": rule.exposeHeaders.join(", ") }),
    ...(rule.maxAgeSeconds !== undefined && { "access-control-max-age": String(rule.maxAgeSeconds) }),
    vary: "Origin, Access-Control-Request-Headers, Access-Control-Request-Method",
  };
}

/** At most one `*`, which stands for anything. */
function matches(pattern: string, text: string): boolean {
  const [before = "", after] = pattern.split("*");
  if (after === undefined) return pattern === text;
  return text.length >= before.length + after.length && text.startsWith(before) && text.endsWith(after);
}

const methods = ["GET", "PUT", "HEAD", "POST", "DELETE"];

export function parseCors(text: string): CorsRule[] {
  const rules = childrenOf(parseXml(text, "CORSConfiguration"), "CORSRule");
  if (rules.length < 1 || rules.length > 100) throw s3Error("MalformedXML");
  return rules.map((rule) => {
    const texts = (name: string) => childrenOf(rule, name).map((child) => child.text);
    const id = textOf(rule, "ID");
    const maxAge = textOf(rule, "MaxAgeSeconds");
    const parsed: CorsRule = {
      ...(id !== undefined && { id }),
      allowedOrigins: texts("AllowedOrigin"),
      allowedMethods: texts("AllowedMethod"),
      allowedHeaders: texts("AllowedHeader"),
      exposeHeaders: texts("ExposeHeader"),
      ...(maxAge !== undefined && { maxAgeSeconds: Number(maxAge) }),
    };
    if (parsed.allowedOrigins.length === 0 || parsed.allowedMethods.length === 0) throw s3Error("MalformedXML");
    const strange = parsed.allowedMethods.find((method) => !methods.includes(method));
    if (strange !== undefined) {
      throw s3Error("InvalidRequest", {
        message: `Found unsupported HTTP method in CORS config. Unsupported method is ${strange}`,
      });
    }
    return parsed;
  });
}

export function renderCors(rules: CorsRule[]): XmlValue {
  return {
    CORSRule: rules.map((rule) => ({
      ID: rule.id,
      AllowedOrigin: rule.allowedOrigins,
      AllowedMethod: rule.allowedMethods,
      AllowedHeader: rule.allowedHeaders,
      ExposeHeader: rule.exposeHeaders,
      MaxAgeSeconds: rule.maxAgeSeconds,
    })),
  };
}
