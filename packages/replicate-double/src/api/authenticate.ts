import { timingSafeEqual } from "node:crypto";
import type { MiddlewareHandler } from "hono";
import type { Environment } from "./environment.ts";
import { unauthenticated } from "./problem.ts";

/** `Bearer` as documented, and `Token` as older clients send it. */
export function authenticate(token: string): MiddlewareHandler<Environment> {
  return async (context, next) => {
    const header = context.req.header("authorization");
    if (header === undefined) throw unauthenticated("You did not pass an authentication token");
    const given = /^(?:Bearer|Token)\s+(\S+)$/i.exec(header)?.[1] ?? "";
    if (!isSame(given, token)) throw unauthenticated("You did not pass a valid authentication token");
    await next();
  };
}

function isSame(given: string, expected: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)];
  return a.length === b.length && timingSafeEqual(a, b);
}
