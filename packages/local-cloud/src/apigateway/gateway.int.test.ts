import { once } from "node:events";
import { connect } from "node:net";
import { setTimeout } from "node:timers/promises";
import { afterEach, describe, expect, it } from "vitest";
import { AwsError } from "../endpoint/aws-error.ts";
import type { Outcome } from "../lambda/invocation.ts";
import { createGateway, type Gateway, type GatewayOptions } from "./gateway.ts";

let gateway: Gateway | undefined;

afterEach(() => gateway?.close(0));

const returned = (payload: unknown): Outcome => ({ kind: "returned", payload });
const echo = async (functionName: string, event: unknown) => returned({ functionName, event });

async function startGateway(
  invoke: GatewayOptions["invoke"],
  { isOpen = true, ...changes }: Partial<GatewayOptions> & { isOpen?: boolean } = {},
) {
  const reported: string[] = [];
  gateway = createGateway({
    routes: [
      { routeKey: "POST /jobs", function: "create" },
      { routeKey: "GET /status/{jobId}", function: "status" },
    ],
    invoke,
    account: "000000000000",
    apiId: "abcdefghij",
    report: ({ message }) => reported.push(message),
    ...changes,
  });
  gateway.server.listen(0, "127.0.0.1");
  await once(gateway.server, "listening");
  if (isOpen) gateway.open();
  const address = gateway.server.address();
  const port = typeof address === "object" ? (address?.port ?? 0) : 0;
  return { port, url: `http://127.0.0.1:${port}`, reported };
}

const read = async (response: Response) => ({ status: response.status, body: await response.json() });

describe("the gateway", () => {
  it("invokes the function of the route with the request's event", async () => {
    const { url, port } = await startGateway(echo);
    const response = await fetch(`${url}/jobs?a=1`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: '{"prompt":"a fox"}',
    });
    expect(response.headers.get("apigw-requestid")).toMatch(/^.{16}$/);
    expect(await read(response)).toMatchObject({
      status: 200,
      body: {
        functionName: "create",
        event: {
          routeKey: "POST /jobs",
          rawQueryString: "a=1",
          body: '{"prompt":"a fox"}',
          requestContext: { domainName: "127.0.0.1", http: { method: "POST", sourceIp: "127.0.0.1" } },
          headers: { host: `127.0.0.1:${port}`, "x-forwarded-port": String(port) },
        },
      },
    });
  });

  it("answers a preflight itself, and lets the origin read the answer, where the API has CORS", async () => {
    const lists = { allowMethods: ["*"], allowHeaders: ["*"], exposeHeaders: [] };
    const cors = { ...lists, allowOrigins: ["*"], allowCredentials: false, maxAgeSeconds: null };
    const { url } = await startGateway(echo, { cors });
    const headers = { origin: "https://app.example", "access-control-request-method": "POST" };
    const preflight = await fetch(`${url}/jobs`, { method: "OPTIONS", headers });
    expect([preflight.status, preflight.headers.get("access-control-allow-methods")]).toEqual([204, "*"]);
    const answer = await fetch(`${url}/status/1`, { headers });
    expect(answer.headers.get("access-control-allow-origin")).toBe("*");
  });

  it("answers with each cookie on its own and with binary bodies", async () => {
    const { url } = await startGateway(async () =>
      returned({ statusCode: 200, cookies: ["a=1", "b=2"], body: "AP+A", isBase64Encoded: true }),
    );
    const response = await fetch(`${url}/status/1`);
    expect(response.headers.getSetCookie()).toEqual(["a=1", "b=2"]);
    expect(new Uint8Array(await response.arrayBuffer())).toEqual(new Uint8Array([0, 255, 128]));
  });

  it("knows no other route", async () => {
    const { url } = await startGateway(echo);
    expect(await read(await fetch(`${url}/elsewhere`))).toEqual({ status: 404, body: { message: "Not Found" } });
    expect(await read(await fetch(`${url}/jobs`))).toEqual({ status: 404, body: { message: "Not Found" } });
    expect(await read(await fetch(`${url}/status/%zz`))).toEqual({ status: 400, body: { message: "Bad Request" } });
  });

  it.each<[string, Outcome, number, string]>([
    [
      "failed",
      { kind: "failed", error: { errorType: "E", errorMessage: "secret", trace: [] } },
      500,
      "Internal Server Error",
    ],
    ["was throttled", { kind: "throttled" }, 503, "Service Unavailable"],
  ])("says nothing of why a function %s", async (_what, outcome, status, message) => {
    const { url } = await startGateway(async () => outcome);
    expect(await read(await fetch(`${url}/status/1`))).toEqual({ status, body: { message } });
  });

  it("gives up on an integration that takes too long", async () => {
    const { url } = await startGateway(() => setTimeout(500, returned("late")), { integrationTimeoutMs: 20 });
    expect(await read(await fetch(`${url}/status/1`))).toEqual({
      status: 503,
      body: { message: "Service Unavailable" },
    });
  });

  it.each([
    ["announced", Buffer.alloc(10 * 1024 * 1024 + 1)],
    ["streamed", new Blob([Buffer.alloc(11 * 1024 * 1024)]).stream()],
  ])("refuses a body over 10 MB that is %s", async (_how, body) => {
    let invocations = 0;
    const { url } = await startGateway(async () => returned(++invocations));
    const response = await fetch(`${url}/jobs`, { method: "POST", body, duplex: "half" });
    expect(await read(response)).toEqual({ status: 413, body: { message: "Request Entity Too Large" } });
    expect(invocations).toBe(0);
  });

  it("refuses what Lambda finds too large", async () => {
    const { url } = await startGateway(async () => {
      throw new AwsError("RequestTooLargeException", "too large", { status: 413 });
    });
    const response = await fetch(`${url}/jobs`, { method: "POST" });
    expect(await read(response)).toEqual({ status: 413, body: { message: "Request Entity Too Large" } });
  });

  it("refuses headers over 10,240 bytes", async () => {
    const { url } = await startGateway(echo);
    const response = await fetch(`${url}/status/1`, { headers: { "x-large": "x".repeat(10_240) } });
    expect(await read(response)).toEqual({ status: 431, body: { message: "Request Header Fields Too Large" } });
  });

  it("answers what is not HTTP with 400", async () => {
    const { port } = await startGateway(echo);
    const socket = connect(port, "127.0.0.1", () => socket.write("hello\r\n\r\n"));
    const [chunk] = await once(socket, "data");
    expect(String(chunk)).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n[\s\S]*\{"message":"Bad Request"\}$/);
    socket.destroy();
  });

  it("answers 503 until it is opened", async () => {
    const { url } = await startGateway(echo, { isOpen: false });
    expect(await read(await fetch(`${url}/status/1`))).toEqual({
      status: 503,
      body: { message: "Service Unavailable" },
    });
  });

  it("lets a request under way finish when it closes", async () => {
    let invoked = () => {};
    const underWay = new Promise<void>((resolve) => {
      invoked = resolve;
    });
    const { url } = await startGateway(async () => {
      invoked();
      return setTimeout(50, returned("done"));
    });
    const response = fetch(`${url}/status/1`);
    await underWay;
    await gateway?.close();
    expect(await (await response).text()).toBe("done");
  });
});
