import { describe, expect, it } from "vitest";
import type { Cors } from "../topology.ts";
import { createCorsRules } from "./cors.ts";

const rules = (changes: Partial<Cors> = {}) =>
  createCorsRules({
    allowOrigins: ["https://app.example"],
    allowMethods: ["GET", "POST"],
    allowHeaders: ["content-type"],
    exposeHeaders: ["x-total"],
    allowCredentials: true,
    maxAgeSeconds: 600,
    ...changes,
  });

const preflight = { origin: "https://app.example", "access-control-request-method": "POST" };
const answer = {
  status: 200,
  headers: [["access-control-allow-origin", "*"]] as [string, string][],
  body: Buffer.from("x"),
};

describe("the CORS of an HTTP API", () => {
  it("answers a preflight itself", () => {
    expect(rules().answerPreflight("OPTIONS", preflight)).toEqual({
      status: 204,
      headers: [
        ["access-control-allow-origin", "https://app.example"],
        ["access-control-allow-credentials", "true"],
        ["access-control-allow-methods", "GET,POST"],
        ["access-control-allow-headers", "content-type"],
        ["access-control-max-age", "600"],
      ],
      body: Buffer.alloc(0),
    });
  });

  it("leaves to the routes what is no preflight, and everything where there is no CORS", () => {
    expect(rules().answerPreflight("GET", preflight)).toBeUndefined();
    expect(rules().answerPreflight("OPTIONS", { origin: "https://app.example" })).toBeUndefined();
    expect(createCorsRules(null).answerPreflight("OPTIONS", preflight)).toBeUndefined();
    expect(createCorsRules(null).apply(answer, preflight)).toBe(answer);
  });

  it("tells an origin that is not allowed nothing", () => {
    const stranger = { ...preflight, origin: "https://elsewhere.example" };
    expect(rules().answerPreflight("OPTIONS", stranger)?.headers).toEqual([]);
    expect(rules().apply(answer, stranger).headers).toEqual([]);
  });

  it("replaces what a function says of it", () => {
    expect(rules().apply(answer, { origin: "https://app.example" }).headers).toEqual([
      ["access-control-allow-origin", "https://app.example"],
      ["access-control-allow-credentials", "true"],
      ["access-control-expose-headers", "x-total"],
    ]);
  });

  it.each([
    [["*"], "https://any.example", "*"],
    [["https://*"], "https://any.example", "https://any.example"],
    [["https://*"], "http://any.example", undefined],
  ])("with %j allows %s as %s", (allowOrigins, origin, allowed) => {
    const { headers } = rules({ allowOrigins }).apply(answer, { origin });
    expect(headers.find(([name]) => name === "access-control-allow-origin")?.[1]).toBe(allowed);
  });
});
