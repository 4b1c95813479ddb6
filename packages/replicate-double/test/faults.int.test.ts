import { describe, expect, test } from "vitest";
import { z } from "zod";
import { clientOf, eventually, fluxSchnell, getJson, hello, plantFault, small, startForTest } from "./harness.ts";

const creating = { method: "POST", body: JSON.stringify(hello) };
const creates = { route: "POST /v1/*predictions" };

async function startWith(rule: object) {
  const double = await startForTest();
  await plantFault(double, rule);
  const headers = { authorization: `Bearer ${double.token}` };
  const create = () => fetch(`${double.url}/v1/predictions`, { ...creating, headers });
  const list = async () => (await clientOf(double).predictions.list()).results;
  return { double, create, list };
}

const finished = { model: fluxSchnell, input: small, wait: 10 };

describe("faults on request", () => {
  test("a status instead of an answer, so many times and no more", async () => {
    const body = { detail: "Request was throttled. Your rate limit resets in ~30s." };
    const fault = { kind: "status", status: 429, body, headers: { "retry-after": "30" } };
    const { create, list } = await startWith({ match: creates, times: 1, fault });
    const refused = await create();
    expect(refused.status).toBe(429);
    expect(refused.headers.get("retry-after")).toBe("30");
    expect(await refused.json()).toEqual(body);
    expect((await create()).status).toBe(201);
    expect(await list()).toHaveLength(1);
  });

  test("a status without a body says what Replicate says with it", async () => {
    const { create } = await startWith({ match: creates, times: 1, fault: { kind: "status", status: 402 } });
    const refused = await create();
    expect(refused.status).toBe(402);
    expect(await refused.json()).toMatchObject({ title: "Insufficient credit", status: 402 });
  });

  test("a fault aimed at a model spares the others", async () => {
    const { create } = await startWith({ match: { model: "google/lyria-2" }, fault: { kind: "status", status: 503 } });
    expect((await create()).status).toBe(201);
  });

  test("a connection cut before the request has an effect, and one cut after it had it", async () => {
    const before = await startWith({ match: creates, times: 1, fault: { kind: "reset", when: "before" } });
    await expect(before.create()).rejects.toThrow();
    expect(await before.list()).toHaveLength(0);
    const after = await startWith({ match: creates, times: 1, fault: { kind: "reset", when: "after" } });
    await expect(after.create()).rejects.toThrow();
    expect(await after.list()).toHaveLength(1);
    const { body } = await getJson(`${after.double.url}/_log`);
    expect(body).toMatchObject({ entries: [{ kind: "request", method: "POST", status: null }, { method: "GET" }] });
  });

  test("a request that hangs until its caller has gone is not served", async () => {
    const { double, list } = await startWith({ match: creates, times: 1, fault: { kind: "hang", ms: 100 } });
    const headers = { authorization: `Bearer ${double.token}` };
    const signal = AbortSignal.timeout(20);
    await expect(fetch(`${double.url}/v1/predictions`, { ...creating, headers, signal })).rejects.toThrow();
    await eventually(async () => (await getJson(`${double.url}/_log`)).body).toMatchObject({
      entries: [{ status: null }],
    });
    expect(await list()).toHaveLength(0);
  });

  test("an output that is missing, mistyped or cut off", async () => {
    const { double } = await startWith({ times: 1, fault: { kind: "output", missing: true } });
    const { output } = await clientOf(double).predictions.create(finished);
    expect((await fetch(output[0])).status).toBe(404);
    await plantFault(double, { times: 1, fault: { kind: "output", contentType: "text/html" } });
    const mistyped = await fetch(output[0]);
    expect(mistyped.headers.get("content-type")).toBe("text/html");
    const bytes = (await mistyped.arrayBuffer()).byteLength;
    await plantFault(double, { times: 1, fault: { kind: "output", truncateAtBytes: 1000 } });
    const truncated = await fetch(output[0]);
    expect(truncated.headers.get("content-length")).toBe(String(bytes));
    await expect(truncated.arrayBuffer()).rejects.toThrow();
    expect((await (await fetch(output[0])).arrayBuffer()).byteLength).toBe(bytes);
  });

  test("a prediction that fails, with Replicate's error; an official model's failure is free", async () => {
    const error = "NSFW content detected. Try running it again, or try a different prompt.";
    const { double } = await startWith({ fault: { kind: "outcome", status: "failed", error } });
    const failed = await clientOf(double).predictions.create(finished);
    expect(failed).toMatchObject({
      status: "failed",
      error,
      output: null,
      metrics: { predict_time: expect.any(Number) },
    });
    expect((await getJson(`${double.url}/_bill`)).body).toEqual({ entries: [], totalMicros: 0 });
  });

  test("a prediction that is aborted never starts", async () => {
    const { double } = await startWith({ fault: { kind: "outcome", status: "aborted" } });
    const aborted = await clientOf(double).predictions.create(finished);
    expect(aborted).toMatchObject({ status: "aborted", metrics: {} });
    expect(aborted).not.toHaveProperty("started_at");
  });

  test("they are listed with how often they struck, and deleted together", async () => {
    const { double, create } = await startWith({ match: creates, fault: { kind: "status", status: 500 } });
    await create();
    expect((await getJson(`${double.url}/_faults`)).body).toMatchObject({ faults: [{ id: 1, struck: 1 }] });
    await fetch(`${double.url}/_faults`, { method: "DELETE" });
    expect((await create()).status).toBe(201);
  });

  test("a fault that cannot be understood is refused with the reason", async () => {
    const double = await startForTest();
    await expect(plantFault(double, { fault: { kind: "earthquake" } })).rejects.toThrow(/kind/);
  });
});

test("the log never holds a token", async () => {
  const { double, create } = await startWith({ times: 1, fault: { kind: "reset", when: "after" } });
  await create().catch(() => undefined);
  const { body } = await getJson(`${double.url}/_log`);
  const { entries } = z.object({ entries: z.array(z.unknown()) }).parse(body);
  expect(entries).toHaveLength(1);
  expect(JSON.stringify(body)).not.toContain(double.token);
});
