import { validateHeaderName, validateHeaderValue } from "node:http";
import { z } from "zod";

export interface Answer {
  status: number;
  headers: [name: string, value: string][];
  body: Buffer;
}

const scalar = z.union([z.string(), z.number(), z.boolean()]);

const structuredResponse = z.object({
  statusCode: z.coerce.number().int().min(100).max(599),
  headers: z.record(z.string(), scalar).nullish(),
  cookies: z.array(z.string()).nullish(),
  body: z.string().nullish(),
  isBase64Encoded: z.boolean().nullish(),
});

/** Set by the gateway itself, whatever a function says. */
const ownHeaders = new Set([
  "connection",
  "content-length",
  "keep-alive",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);

export const messageAnswer = (status: number, message: string): Answer => ({
  status,
  headers: [["content-type", "application/json"]],
  body: Buffer.from(JSON.stringify({ message })),
});

/** What an HTTP API answers for what a function returned: a structured response, or any JSON, which becomes the body. */
export function toAnswer(returned: unknown): Answer {
  if (typeof returned !== "object" || returned === null || !("statusCode" in returned)) {
    const text = typeof returned === "string" ? returned : JSON.stringify(returned ?? null);
    return { status: 200, headers: [["content-type", "application/json"]], body: Buffer.from(text) };
  }
  const parsed = structuredResponse.safeParse(returned);
  if (!parsed.success) return messageAnswer(500, "Internal Server Error");
  const { statusCode, headers, cookies, body, isBase64Encoded } = parsed.data;
  const named = Object.entries(headers ?? {})
    .map(([name, value]): [string, string] => [name.toLowerCase(), String(value)])
    .filter(([name]) => !ownHeaders.has(name));
  if (!named.some(([name]) => name === "content-type")) named.push(["content-type", "text/plain;charset=UTF-8"]);
  const all = [...named, ...(cookies ?? []).map((cookie): [string, string] => ["set-cookie", cookie])];
  if (!all.every(isSendable)) return messageAnswer(500, "Internal Server Error");
  return {
    status: statusCode,
    headers: all,
    body: Buffer.from(body ?? "", isBase64Encoded ? "base64" : "utf8"),
  };
}

function isSendable([name, value]: [string, string]): boolean {
  try {
    validateHeaderName(name);
    validateHeaderValue(name, value);
    return true;
  } catch {
    return false;
  }
}
