import sharp from "sharp";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import {
  advanceClock,
  clientOf,
  eventually,
  fluxSchnell,
  getJson,
  sdxlVersion,
  small,
  startForTest,
  svdVersion,
} from "./harness.ts";

const page = z.object({
  previous: z.string().nullable(),
  results: z.array(z.object({ id: z.string() })),
});

describe("a prediction, through the official client", () => {
  test("run() gives links to real images of the size and type that were asked for", async () => {
    const replicate = clientOf(await startForTest());
    const input = {
      prompt: "a harbour at dawn",
      num_outputs: 2,
      aspect_ratio: "16:9",
      output_format: "png",
      megapixels: "0.25",
    };
    const links = Object.values(await replicate.run(fluxSchnell, { input }));
    expect(links).toHaveLength(2);
    const bytes = await (await fetch(String(links[0]))).arrayBuffer();
    const { format, width, height } = await sharp(bytes).metadata();
    expect({ format, width, height }).toEqual({ format: "png", width: 688, height: 384 });
  });

  test("an official model shows no version and carries all the fields of a finished prediction", async () => {
    const replicate = clientOf(await startForTest());
    const input = { ...small, prompt: "a harbour" };
    const prediction = await replicate.predictions.create({ model: fluxSchnell, input, wait: 10 });
    expect(prediction).toEqual({
      id: expect.stringMatching(/^[0-9a-z]{26}$/),
      model: fluxSchnell,
      version: "hidden",
      input,
      output: [expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/delivery\/[0-9a-z]{26}\/out-0\.webp$/)],
      logs: expect.stringContaining("seed"),
      error: null,
      source: "api",
      status: "succeeded",
      data_removed: false,
      created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/),
      started_at: expect.any(String),
      completed_at: expect.any(String),
      metrics: { predict_time: expect.any(Number), total_time: expect.any(Number), image_count: 1 },
      urls: {
        get: expect.stringContaining(`/v1/predictions/${prediction.id}`),
        cancel: expect.stringContaining(`/v1/predictions/${prediction.id}/cancel`),
        web: `https://replicate.com/p/${prediction.id}`,
      },
    });
    expect(await replicate.predictions.get(prediction.id)).toEqual(prediction);
  });

  test("a community model is run by its version, with or without its name before it", async () => {
    const replicate = clientOf(await startForTest());
    for (const version of [sdxlVersion, `stability-ai/sdxl:${sdxlVersion}`]) {
      const { model, version: shown } = await replicate.predictions.create({
        version,
        input: { prompt: "x", width: 256, height: 256 },
      });
      expect({ model, shown }).toEqual({ model: "stability-ai/sdxl", shown: sdxlVersion });
    }
  });

  test("is starting at first, and the answer does not wait for its end", async () => {
    const replicate = clientOf(await startForTest({ timeScale: 1 }));
    const created = await replicate.predictions.create({ model: fluxSchnell, input: { prompt: "slow" } });
    expect(created).toMatchObject({ status: "starting", output: null, logs: "" });
    expect(created).not.toHaveProperty("completed_at");
  });

  test("Prefer: wait that runs out answers 202 with where to look", async () => {
    const { url, token } = await startForTest({ timeScale: 1 });
    const response = await fetch(`${url}/v1/models/kwaivgi/kling-v2.5-turbo-pro/predictions`, {
      method: "POST",
      headers: { authorization: `Bearer ${token}`, prefer: "wait=1" },
      body: JSON.stringify({ input: { prompt: "slow" } }),
    });
    expect(response.status).toBe(202);
    expect(response.headers.get("location")).toMatch(/\/v1\/predictions\/[0-9a-z]{26}$/);
  });

  test("the list pages newest first by 100, back and forth, within the times asked for", async () => {
    const double = await startForTest({ timeScale: 100_000 });
    const replicate = clientOf(double);
    const ids: string[] = [];
    for (let index = 0; index < 205; index++) {
      ids.unshift((await replicate.predictions.create({ model: fluxSchnell, input: { prompt: `${index}` } })).id);
    }
    const pages: string[][] = [];
    for await (const predictions of replicate.paginate(replicate.predictions.list))
      pages.push(predictions.map(({ id }) => id));
    expect(pages.map(({ length }) => length)).toEqual([100, 100, 5]);
    expect(pages.flat()).toEqual(ids);

    const headers = { authorization: `Bearer ${double.token}` };
    const follow = async (link: unknown) => page.parse((await getJson(String(link), { headers })).body);
    const second = await follow((await replicate.predictions.list()).next);
    const firstAgain = await follow(second.previous);
    expect(firstAgain.results.map(({ id }) => id)).toEqual(ids.slice(0, 100));
    expect(firstAgain.previous).toBeNull();

    await advanceClock(double, 60);
    const since = new Date(Date.now() + 30_000).toISOString();
    const { id } = await replicate.predictions.create({ model: fluxSchnell, input: { prompt: "later" } });
    const after = await getJson(`${double.url}/v1/predictions?created_after=${since}`, { headers });
    expect(after.body).toMatchObject({ next: null, previous: null, results: [{ id }] });
    const before = await getJson(`${double.url}/v1/predictions?created_before=${since}`, { headers });
    expect(before.body).toMatchObject({ results: ids.slice(0, 100).map((known) => ({ id: known })) });
  });

  test("an hour after its end the outputs, the input and the logs are gone", async () => {
    const double = await startForTest();
    const replicate = clientOf(double);
    const { id, output } = await replicate.predictions.create({ model: fluxSchnell, input: small, wait: 10 });
    await advanceClock(double, 3_599);
    expect((await fetch(output[0])).status).toBe(200);
    await advanceClock(double, 2);
    expect((await fetch(output[0])).status).toBe(404);
    const gone = { status: "succeeded", output: null, input: {}, logs: "", data_removed: true };
    expect(await replicate.predictions.get(id)).toMatchObject({ ...gone, metrics: { image_count: 1 } });
  });

  test("an output can be had in parts", async () => {
    const replicate = clientOf(await startForTest());
    const { output } = await replicate.predictions.create({ model: fluxSchnell, input: small, wait: 10 });
    const whole = Buffer.from(await (await fetch(output[0])).arrayBuffer());
    const part = await fetch(output[0], { headers: { range: "bytes=10-19" } });
    expect(part.status).toBe(206);
    expect(part.headers.get("content-range")).toBe(`bytes 10-19/${whole.length}`);
    expect(Buffer.from(await part.arrayBuffer())).toEqual(whole.subarray(10, 20));
    expect((await fetch(output[0], { headers: { range: `bytes=${whole.length}-` } })).status).toBe(416);
    expect((await fetch(output[0], { method: "HEAD" })).headers.get("content-length")).toBe(String(whole.length));
  });
});

describe("canceling", () => {
  test("before the start is free and leaves no start time", async () => {
    const double = await startForTest({ timeScale: 1 });
    const replicate = clientOf(double);
    const { id } = await replicate.predictions.create({ version: svdVersion, input: { input_image: "https://a.b/c" } });
    const canceled = await replicate.predictions.cancel(id);
    expect(canceled).toMatchObject({ status: "canceled", output: null, error: null, metrics: {} });
    expect(canceled).not.toHaveProperty("started_at");
    expect(await getJson(`${double.url}/_bill`)).toMatchObject({ body: { entries: [], totalMicros: 0 } });
  });

  test("after the start is billed for the time run, when the model is billed by time", async () => {
    const double = await startForTest({ timeScale: 1 });
    const replicate = clientOf(double);
    const { id } = await replicate.predictions.create({ version: svdVersion, input: { input_image: "https://a.b/c" } });
    await eventually(async () => {
      await advanceClock(double, 5);
      return (await replicate.predictions.get(id)).status;
    }).toBe("processing");
    await advanceClock(double, 1);
    const { status, metrics } = await replicate.predictions.cancel(id);
    expect(status).toBe("canceled");
    expect(metrics?.predict_time).toBeGreaterThan(1);
    const amountMicros = Math.round((metrics?.predict_time ?? 0) * 1_400);
    expect(await getJson(`${double.url}/_bill`)).toMatchObject({ body: { totalMicros: amountMicros } });
  });

  test("has no effect on what has ended", async () => {
    const replicate = clientOf(await startForTest());
    const done = await replicate.predictions.create({ model: fluxSchnell, input: small, wait: 10 });
    expect(await replicate.predictions.cancel(done.id)).toEqual(done);
  });
});
