import { readFileSync } from "node:fs";
import { parseTopology } from "@vsl/local-cloud/topology";
import { expect, test } from "vitest";
import { checkReplicate, replicateUrlIn } from "./check-replicate.ts";

const baseUrl = "https://replicate.example/v1";
const token = "r8_secret";
const check = (fetch: typeof globalThis.fetch) => checkReplicate({ baseUrl, token, fetch });
const answering = (status: number) => () => Promise.resolve(new Response(null, { status }));

test("a token that Replicate knows is nothing to tell", async () => {
  const asked: unknown[] = [];
  const told = await check((url, init) => {
    asked.push([url, new Headers(init?.headers).get("authorization")]);
    return answering(200)();
  });
  expect(told).toBeNull();
  expect(asked).toEqual([["https://replicate.example/v1/account", "Bearer r8_secret"]]);
});

test("a refused token is named by its variable, and jobs are said to wait", async () => {
  const told = await check(answering(401));
  expect(told).toMatch(/refuses REPLICATE_API_TOKEN \(401\).+wait/);
  expect(told).not.toContain(token);
});

test("trouble at Replicate is told with its status", async () => {
  expect(await check(answering(503))).toContain("answers 503");
});

test("a network that does not reach Replicate is told with the reason", async () => {
  const cause = Object.assign(new Error("getaddrinfo"), { code: "ENOTFOUND" });
  const told = await check(() => Promise.reject(new TypeError("fetch failed", { cause })));
  expect(told).toContain("cannot be reached at replicate.example (ENOTFOUND)");
});

test("what is no header's value is refused without being shown", async () => {
  const told = await checkReplicate({ baseUrl, token: "r8_secret\n…" });
  expect(told).toContain("cannot be reached");
  expect(told).not.toContain(token);
});

test("Replicate is asked where the services will ask it", () => {
  const file = new URL("../infra/topology.json", import.meta.url);
  const topology = parseTopology(JSON.parse(readFileSync(file, "utf8")));
  expect(replicateUrlIn(topology)).toBe("https://api.replicate.com/v1");
});
