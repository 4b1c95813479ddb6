import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import { expect, onTestFinished, test } from "vitest";
import { createCall, judgeAnswer } from "./call.ts";

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return `http://127.0.0.1:${address.port}`;
}

const wanted = { expected: [401], next: "Deploy it." };
const judge = async (url: string, fetch?: typeof globalThis.fetch) =>
  judgeAnswer(await createCall(url, fetch && { fetch })("/status"), wanted);

test("the expected status is good, and the address may end with a slash", async () => {
  const url = await serve(({ url: path }, response) => response.writeHead(path === "/status" ? 401 : 500).end());
  expect(await judge(`${url}/`)).toEqual({ kind: "good", detail: "401" });
});

test("another status is told with what to do", async () => {
  const url = await serve((_, response) => response.writeHead(200).end("[]"));
  expect(await judge(url)).toEqual({ kind: "bad", cause: "it answers 200 instead of 401", next: "Deploy it." });
});

test("a redirect is not followed, but named with where it leads", async () => {
  const url = await serve((_, response) => response.writeHead(308, { location: "https://elsewhere.test/" }).end());
  expect(await judge(url)).toMatchObject({
    kind: "bad",
    cause: "it redirects (308) to https://elsewhere.test/",
    next: expect.stringContaining("follows no redirects"),
  });
});

test.each([
  [403, "firewall"],
  [429, "throttled"],
  [502, "log"],
])("a %d that nobody expects has a next step of its own", async (status, says) => {
  const url = await serve((_, response) => response.writeHead(status).end());
  expect(await judge(url)).toMatchObject({ kind: "bad", next: expect.stringContaining(says) });
});

test.each([
  ["DEPTH_ZERO_SELF_SIGNED_CERT", "TLS to api.test fails", "certificate"],
  ["ERR_TLS_CERT_ALTNAME_INVALID", "TLS to api.test fails", "certificate"],
  ["CERT_HAS_EXPIRED", "TLS to api.test fails", "certificate"],
  ["ENOTFOUND", "no DNS has the name api.test", "deployed"],
  ["ECONNREFUSED", "nothing listens at api.test", "firewall"],
  ["UND_ERR_CONNECT_TIMEOUT", "api.test does not answer", "firewall"],
  ["ECONNRESET", "api.test cannot be reached", "firewall"],
])("no answer: %s", async (code, cause, next) => {
  const fails = () => Promise.reject(new TypeError("fetch failed", { cause: Object.assign(new Error(), { code }) }));
  expect(await judge("https://api.test", fails)).toEqual({
    kind: "bad",
    cause: expect.stringContaining(cause),
    next: expect.stringContaining(next),
  });
});

test("an answer that does not come in time is a firewall's, or a hanging function's", async () => {
  const fails = () => Promise.reject(new DOMException("The operation was aborted due to timeout", "TimeoutError"));
  expect(await judge("https://api.test", fails)).toMatchObject({ cause: expect.stringContaining("does not answer") });
});
