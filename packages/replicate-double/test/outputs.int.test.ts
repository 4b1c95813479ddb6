import { describe, expect, test } from "vitest";
import { z } from "zod";
import {
  advanceClock,
  clientOf,
  eventually,
  fluxSchnell,
  getJson,
  hello,
  plantFault,
  small,
  startForTest,
  startReceiver,
  svdVersion,
} from "./harness.ts";

const llama = { model: "meta/meta-llama-3-70b-instruct", input: { prompt: "Tell me a story", max_tokens: 40 } };
const finished = { model: fluxSchnell, input: small, wait: 10 };

describe("an output that comes piece by piece", () => {
  test("grows while the model runs, in the API and in webhooks, and is billed by its tokens", async () => {
    const double = await startForTest({ timeScale: 1 });
    const replicate = clientOf(double);
    const receiver = await startReceiver();
    const { id } = await replicate.predictions.create({ ...llama, webhook: receiver.url });
    const lengths: number[] = [];
    await eventually(async () => {
      await advanceClock(double, 0.2);
      const { output, status } = await replicate.predictions.get(id);
      lengths.push(Array.isArray(output) ? output.length : 0);
      return status;
    }).toBe("succeeded");
    expect(lengths).toEqual([...lengths].sort((a, b) => a - b));
    expect(new Set(lengths).size).toBeGreaterThan(2);
    const { output, metrics } = await replicate.predictions.get(id);
    expect(output).toHaveLength(40);
    expect(metrics).toMatchObject({ input_token_count: 4, output_token_count: 40 });
    const amountMicros = Math.round((4 * 650 + 40 * 2_750) / 1000);
    expect((await getJson(`${double.url}/_bill`)).body).toMatchObject({ entries: [{ quantity: 44, amountMicros }] });
    await eventually(async () => receiver.received.length).toBeGreaterThan(2);
  });

  test("goes on from the event that a browser had last", async () => {
    const replicate = clientOf(await startForTest());
    const { urls, created_at } = await replicate.predictions.create({ ...llama, wait: 10 });
    const seconds = Math.floor(Date.parse(created_at) / 1000);
    const response = await fetch(urls.stream ?? "", { headers: { "last-event-id": `${seconds}:37` } });
    const first = await response.body?.pipeThrough(new TextDecoderStream()).getReader().read();
    expect(first?.value).toMatch(new RegExp(`^event: output\ndata: [^\n]*\nid: ${seconds}:38\n\n`));
  });

  test("is no longer streamed when its data are removed: the connection is silent, then ends", async () => {
    const double = await startForTest();
    const replicate = clientOf(double);
    const { id, urls } = await replicate.predictions.create({ ...llama, wait: 10 });
    await advanceClock(double, 3_601);
    expect(await replicate.predictions.get(id)).toMatchObject({ output: null, data_removed: true });
    const streamed = fetch(urls.stream ?? "").then((response) => response.text());
    await eventually(async () => {
      await advanceClock(double, 31);
      return Promise.race([streamed, null]);
    }).toBe(":408: 408 Request Timeout\n\n");
  });
});

describe("Prefer: wait", () => {
  const create = async (prefer?: string) => {
    const double = await startForTest();
    const headers = { authorization: `Bearer ${double.token}`, ...(prefer === undefined ? {} : { prefer }) };
    const response = await fetch(`${double.url}/v1/predictions`, {
      method: "POST",
      headers,
      body: JSON.stringify(hello),
    });
    const { status, urls } = z
      .object({ status: z.string(), urls: z.object({ get: z.string() }) })
      .parse(await response.json());
    expect(response.headers.get("location")).toBe(urls.get);
    return { answered: response.status, status };
  };

  test("answers 201 with the end of what was quick, and without it 201 with the beginning", async () => {
    expect(await create("wait")).toEqual({ answered: 201, status: "succeeded" });
    expect(await create("wait=99")).toEqual({ answered: 201, status: "succeeded" });
    expect(await create()).toEqual({ answered: 201, status: "starting" });
    expect(await create("respond-async")).toEqual({ answered: 201, status: "starting" });
  });

  test("may be answered with all outputs before the end is told", async () => {
    const double = await startForTest();
    await plantFault(double, { fault: { kind: "early" } });
    const prediction = await clientOf(double).predictions.create(finished);
    expect(prediction).toMatchObject({ status: "processing", output: [expect.stringContaining("out-0.webp")] });
    expect(prediction).not.toHaveProperty("completed_at");
    expect((await fetch(prediction.output[0])).status).toBe(200);
    expect(await clientOf(double).predictions.get(prediction.id)).toMatchObject({ status: "succeeded" });
  });
});

test("what is not started by its deadline is aborted, for free and without an output", async () => {
  const double = await startForTest({ timeScale: 1 });
  const replicate = clientOf(double);
  const response = await replicate.request("/predictions", {
    method: "POST",
    headers: { "Cancel-After": "5s" },
    data: { version: svdVersion, input: { input_image: "https://a.b/cold" } },
  });
  const { id } = z.object({ id: z.string() }).parse(await response.json());
  await advanceClock(double, 5);
  await eventually(() => replicate.predictions.get(id)).toMatchObject({ status: "aborted", output: null, metrics: {} });
  expect(await replicate.predictions.get(id)).not.toHaveProperty("started_at");
  expect((await getJson(`${double.url}/_bill`)).body).toEqual({ entries: [], totalMicros: 0 });
});

describe("outputs that go wrong on request", () => {
  test("null, or of another type than the model's schema says", async () => {
    const double = await startForTest();
    const succeeds = (output: unknown) => ({ times: 1, fault: { kind: "outcome", status: "succeeded", output } });
    await plantFault(double, [succeeds(null), succeeds({ image: 7 })]);
    const replicate = clientOf(double);
    expect(await replicate.predictions.create(finished)).toMatchObject({ status: "succeeded", output: null });
    expect(await replicate.predictions.create(finished)).toMatchObject({ output: { image: 7 } });
  });

  test("expired as soon as they are told of", async () => {
    const double = await startForTest();
    const receiver = await startReceiver();
    await plantFault(double, { fault: { kind: "expiry", afterSeconds: 0 } });
    const told = { webhook: receiver.url, webhook_events_filter: ["completed" as const] };
    const { id } = await clientOf(double).predictions.create({ ...finished, ...told });
    const [{ body } = { body: "" }] = await receiver.take(1);
    const { output } = z.object({ output: z.array(z.string()) }).parse(JSON.parse(body));
    expect((await fetch(output[0] ?? "")).status).toBe(404);
    expect(await clientOf(double).predictions.get(id)).toMatchObject({ output: null, data_removed: true });
  });

  test("huge, with ranges that fit", async () => {
    const double = await startForTest();
    const { output } = await clientOf(double).predictions.create(finished);
    const bytes = Buffer.from(await (await fetch(output[0])).arrayBuffer());
    await plantFault(double, { fault: { kind: "output", padToBytes: 50_000_000_000 } });
    const range = `bytes=${bytes.length - 2}-${bytes.length + 1}`;
    const part = await fetch(output[0], { headers: { range } });
    expect(part.headers.get("content-range")).toMatch(/\/50000000000$/);
    expect(Buffer.from(await part.arrayBuffer())).toEqual(Buffer.concat([bytes.subarray(-2), Buffer.alloc(2)]));
    const whole = await fetch(output[0]);
    expect(whole.headers.get("content-length")).toBe("50000000000");
    await whole.body?.cancel();
  });

  test("slow", async () => {
    const double = await startForTest();
    const { output } = await clientOf(double).predictions.create(finished);
    const { length } = Buffer.from(await (await fetch(output[0])).arrayBuffer());
    await plantFault(double, { fault: { kind: "output", bytesPerSecond: length * 4 } });
    const begun = performance.now();
    expect((await (await fetch(output[0])).arrayBuffer()).byteLength).toBe(length);
    expect(performance.now() - begun).toBeGreaterThan(150);
  });
});
