import type { MiddlewareHandler } from "hono";
import type { Clock } from "../clock.ts";
import type { Log } from "../log/log.ts";
import { timestamp } from "../predictions/present.ts";
import type { Environment } from "./environment.ts";

/** Headers that change what is answered; the token is not among them. */
const TOLD_HEADERS = ["content-type", "prefer", "cancel-after", "range", "user-agent"] as const;

/** Writes down what was asked and how it was answered. */
export function record({ log, clock }: { log: Log; clock: Clock }): MiddlewareHandler<Environment> {
  return async (context, next) => {
    const at = timestamp(clock.now());
    const begun = performance.now();
    await next();
    const { method, path, url } = context.req;
    const headers = TOLD_HEADERS.flatMap((name) => {
      const value = context.req.header(name);
      return value === undefined ? [] : [[name, value] as const];
    });
    const isCreate = method === "POST" && path.endsWith("/predictions");
    const predictionId = context.get("predictionId") ?? /^\/v1\/predictions\/([^/]+)/.exec(path)?.[1];
    log.write({
      kind: "request",
      at,
      method,
      path,
      query: new URL(url).search.slice(1),
      headers: Object.fromEntries(headers),
      ...(isCreate ? { body: jsonOr(await context.req.text()) } : {}),
      status: context.get("connectionCut") ? null : context.res.status,
      ...(predictionId === undefined ? {} : { predictionId }),
      milliseconds: Math.round((performance.now() - begun) * 1000) / 1000,
    });
  };
}

const SHOWN_CHARACTERS = 1_000;

/** A data URL would fill the log with what nobody reads there. */
const shorten = (_key: string, value: unknown): unknown =>
  typeof value === "string" && value.length > SHOWN_CHARACTERS
    ? `${value.slice(0, SHOWN_CHARACTERS)}… (${value.length} characters)`
    : value;

function jsonOr(text: string): unknown {
  try {
    return JSON.parse(text, shorten);
  } catch {
    return shorten("", text);
  }
}
