import { once } from "node:events";
import { createServer, type IncomingHttpHeaders } from "node:http";
import { type ReplicateDouble, startReplicateDouble } from "@vsl/replicate-double";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { predictionIdOf, submission, upstreamJson } from "../../test/examples.ts";
import { createReplicateUpstream } from "./replicate-upstream.ts";

interface Asked {
  method: string;
  path: string;
  headers: IncomingHttpHeaders;
  body: unknown;
}

type Answer = { status: number; json?: unknown; headers?: Record<string, string> } | "reset" | "hang";

/** Upstream's side of the wire: shows what was really sent, and answers as told. */
async function listen(answer: (asked: Asked) => Answer) {
  const asked: Asked[] = [];
  const server = createServer(async (request, response) => {
    let text = "";
    for await (const chunk of request) text += chunk;
    const one = {
      method: request.method ?? "",
      path: request.url ?? "",
      headers: request.headers,
      body: text ? JSON.parse(text) : null,
    };
    asked.push(one);
    const told = answer(one);
    if (told === "reset") request.socket.destroy();
    if (told === "reset" || told === "hang") return;
    response.writeHead(told.status, { "content-type": "application/json", ...told.headers });
    response.end(JSON.stringify(told.json ?? {}));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  const baseUrl = `http://127.0.0.1:${address.port}/v1`;
  const close = async () => {
    server.closeAllConnections();
    server.close();
    await once(server, "close");
  };
  return { asked, baseUrl, close };
}

describe("what goes over the wire", () => {
  const closing: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const close of closing.splice(0)) await close();
  });

  async function against(answer: (asked: Asked) => Answer, deadlineMs = 2_000) {
    const { asked, baseUrl, close } = await listen(answer);
    closing.push(close);
    return {
      asked,
      baseUrl,
      upstream: createReplicateUpstream({ token: "r8_token", baseUrl, deadlineMs: () => deadlineMs }),
    };
  }

  it("creates a prediction of an official model as Replicate documents it", async () => {
    const { asked, upstream } = await against(() => ({ status: 201, json: upstreamJson() }));
    expect(await upstream.createPrediction(submission, "https://api.test/webhook/replicate?jobId=1")).toMatchObject({
      kind: "created",
      prediction: { id: "jd96x0dyqsrm00cj1jp90zeye0", status: "starting" },
    });
    expect(asked).toMatchObject([
      {
        method: "POST",
        path: "/v1/models/black-forest-labs/flux-schnell/predictions",
        headers: { authorization: "Bearer r8_token", "content-type": "application/json" },
      },
    ]);
    expect(asked[0]?.body).toEqual({
      input: submission.input,
      webhook: "https://api.test/webhook/replicate?jobId=1",
      webhook_events_filter: ["completed"],
    });
  });

  it("names the version of a model that is not official, and no webhook where none can come", async () => {
    const { asked, upstream } = await against(() => ({ status: 201, json: upstreamJson() }));
    const version = "7762fd07cf82c948538e41f63f77d685e02b063e37e496e96eefd46c929f9bdc";
    await upstream.createPrediction(
      { model: { owner: "stability-ai", name: "sdxl", version }, input: { prompt: "p" } },
      null,
    );
    expect(asked[0]).toMatchObject({ method: "POST", path: "/v1/predictions" });
    expect(asked[0]?.body).toEqual({ version, input: { prompt: "p" } });
  });

  it.each<[string, Answer, object]>([
    ["a broken connection", "reset", { kind: "unclear" }],
    ["a hang", "hang", { kind: "unclear", reason: "TimeoutError" }],
    ["a 500", { status: 500 }, { kind: "unclear", reason: "status 500" }],
    ["a 503", { status: 503 }, { kind: "unclear", reason: "status 503" }],
    ["an unreadable success", { status: 201, json: { odd: true } }, { kind: "unclear" }],
    ["a redirect", { status: 307, headers: { location: "/v1/elsewhere" } }, { kind: "unclear" }],
    [
      "a 429 with a header",
      { status: 429, headers: { "retry-after": "3" } },
      { kind: "throttled", retryAfterSeconds: 3 },
    ],
    ["a 429 with a body", { status: 429, json: { retry_after: 5 } }, { kind: "throttled", retryAfterSeconds: 5 }],
    [
      "a 401",
      { status: 401, json: { detail: "You did not pass a valid authentication token" } },
      { kind: "unauthorized" },
    ],
    [
      "a 402",
      { status: 402, json: { detail: "No credit" } },
      { kind: "refused", code: "insufficient_credit", message: "No credit" },
    ],
    [
      "a 422",
      { status: 422, json: { detail: "- input" } },
      { kind: "refused", code: "upstream_rejected", message: "- input" },
    ],
    ["a 404", { status: 404 }, { kind: "refused", code: "upstream_rejected", message: "Replicate answered 404." }],
  ])("asks once, whatever comes: %s", async (_, answer, expected) => {
    const { asked, upstream } = await against(() => answer, 300);
    expect(await upstream.createPrediction(submission, null)).toMatchObject(expected);
    expect(asked).toHaveLength(1);
  });

  it("reads, cancels, and knows a prediction that is not there", async () => {
    const { asked, upstream } = await against(({ path }) =>
      path.includes("gone") ? { status: 404, json: { detail: "not found" } } : { status: 200, json: upstreamJson() },
    );
    expect(await upstream.readPrediction(predictionIdOf("p1"))).toMatchObject({ kind: "found" });
    expect(await upstream.cancelPrediction(predictionIdOf("p1"))).toMatchObject({ kind: "found" });
    expect(await upstream.readPrediction(predictionIdOf("gone"))).toEqual({ kind: "missing" });
    expect(asked.map(({ method, path }) => `${method} ${path}`)).toEqual([
      "GET /v1/predictions/p1",
      "POST /v1/predictions/p1/cancel",
      "GET /v1/predictions/gone",
    ]);
  });

  it("gives up a read after the time that its caller has", async () => {
    const { upstream } = await against(() => "hang", 60_000);
    expect(await upstream.readPrediction(predictionIdOf("p1"), { deadlineMs: 100 })).toEqual({
      kind: "unclear",
      reason: "TimeoutError",
    });
  });

  it("searches page by page, and keeps what matches", async () => {
    const createdAfter = "2026-11-20T10:15:00.000Z";
    const { asked, upstream } = await against(({ path }) => {
      const second = path.includes("cursor");
      const results = [upstreamJson({ id: second ? "p3" : "p1" }), { unreadable: true }, upstreamJson({ id: "p2" })];
      return { status: 200, json: { results, next: second ? null : "/v1/predictions?cursor=2" } };
    });
    const found = await upstream.findPredictions({ createdAfter, matches: ({ id }) => id !== "p2" });
    expect(found).toMatchObject({ kind: "searched", predictions: [{ id: "p1" }, { id: "p3" }] });
    expect(asked.map(({ path }) => path)).toEqual([
      `/v1/predictions?${new URLSearchParams({ created_after: createdAfter })}`,
      "/v1/predictions?cursor=2",
    ]);
  });

  it("does not follow a page, nor take its token, to another host", async () => {
    const elsewhere = await listen(() => ({ status: 200, json: { results: [] } }));
    closing.push(elsewhere.close);
    const { upstream } = await against(() => ({
      status: 200,
      json: { results: [], next: `${elsewhere.baseUrl}/predictions` },
    }));
    const search = upstream.findPredictions({ createdAfter: "2026-11-20T10:15:00.000Z", matches: () => true });
    expect(await search).toMatchObject({ kind: "unclear" });
    expect(elsewhere.asked).toEqual([]);
  });
});

describe("against the double", () => {
  let double: ReplicateDouble;
  beforeAll(async () => {
    double = await startReplicateDouble({ port: 0, timeScale: 0.01 });
  });
  afterAll(() => double.close());
  const upstream = () => createReplicateUpstream({ token: double.token, baseUrl: `${double.url}/v1` });

  async function plant(fault: object, route: string) {
    const body = JSON.stringify({ match: { route }, times: 1, fault });
    const planted = await fetch(`${double.url}/_faults`, {
      method: "POST",
      body,
      headers: { "content-type": "application/json" },
    });
    expect(planted.status).toBe(201);
  }

  it("brings a prediction from its create to its output", async () => {
    const created = await upstream().createPrediction(submission, null);
    if (created.kind !== "created") throw new Error(`the create was ${created.kind}`);
    await expect
      .poll(() => upstream().readPrediction(created.prediction.id), { timeout: 10_000 })
      .toMatchObject({ kind: "found", prediction: { status: "succeeded", metrics: { image_count: 1 } } });
  });

  it("finds what a create made whose answer was lost", async () => {
    const createdAfter = new Date(Date.now() - 60_000).toISOString();
    await plant({ kind: "reset", when: "after" }, "POST /v1/models/*/predictions");
    const input = { prompt: "the answer to this was lost" };
    expect(await upstream().createPrediction({ ...submission, input }, null)).toMatchObject({ kind: "unclear" });
    const found = await upstream().findPredictions({
      createdAfter,
      matches: (prediction) => JSON.stringify(prediction.input).includes(input.prompt),
    });
    expect(found).toMatchObject({ kind: "searched", predictions: [{ model: "black-forest-labs/flux-schnell" }] });
  });

  it("tells a refused input in Replicate's words, and a refused token", async () => {
    expect(await upstream().createPrediction({ ...submission, input: {} }, null)).toMatchObject({
      kind: "refused",
      code: "upstream_rejected",
      message: expect.stringContaining("prompt is required"),
    });
    const stranger = createReplicateUpstream({ token: "r8_wrong", baseUrl: `${double.url}/v1` });
    expect(await stranger.createPrediction(submission, null)).toEqual({ kind: "unauthorized" });
  });
});
