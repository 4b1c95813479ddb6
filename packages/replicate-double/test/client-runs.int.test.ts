import Replicate, { type Prediction, parseProgressFromLogs, validateWebhook } from "replicate";
import { describe, expect, test } from "vitest";
import { clientOf, collect, eventually, hello, plantFault, startForTest, startReceiver } from "./harness.ts";

const sdxl = "stability-ai/sdxl:8beff3369e81422112d93b89ca01426147de542cd4684c244b673b105188fe5f";
const stableDiffusion = "27b93a2413e7f36cd83da926f3656280b2931564ff050bf9575f1fdf9bcd7478";
const realEsrgan = "nightmareai/real-esrgan:42fed1c4974146d4d2414e2be2c5277c7fcf05fcc3a73abf41610695738c1d7b";
const llama = "meta/llama-2-70b-chat";

const tiny = { prompt: "a 19th century portrait of a raccoon gentleman wearing a suit", width: 256, height: 256 };
const poem = { prompt: "Write a poem about machine learning in the style of Mary Oliver." };

/** What the README of the official client shows of running models, with the versions that it names. */
describe("replicate.run", () => {
  test("gives files as FileOutputs where links are https, as on Replicate", async () => {
    const publicUrl = "https://replicate.double";
    const { url, token } = await startForTest({ publicUrl });
    const viaProxy = (input: Request | string | URL, init?: RequestInit) =>
      fetch(String(input).replace(publicUrl, url), init);
    const replicate = new Replicate({ auth: token, baseUrl: `${publicUrl}/v1`, fetch: viaProxy });
    const [output] = Object.values(await replicate.run(sdxl, { input: tiny }));
    expect(String(output.url())).toMatch(/^https:\/\/replicate\.double\/delivery\/[0-9a-z]{26}\/out-0\.png$/);
    expect((await output.blob()).type).toBe("image/png");
  });

  test("reports the progress, from the prediction that is starting to the one that has ended", async () => {
    const replicate = clientOf(await startForTest({ timeScale: 0.05 }));
    const seen: Prediction[] = [];
    const wait = { mode: "poll", interval: 20 } as const;
    await replicate.run(sdxl, { input: tiny, wait }, (prediction) => seen.push(prediction));
    expect(seen.at(0)).toMatchObject({ status: "starting", logs: "" });
    expect(seen.at(-1)).toMatchObject({ status: "succeeded" });
    expect(seen.map(({ logs }) => parseProgressFromLogs(logs ?? "")?.current).at(-1)).toBe(50);
    const midway = seen
      .filter(({ status }) => status === "processing")
      .map(({ logs }) => parseProgressFromLogs(logs ?? ""));
    expect(midway.some((progress) => progress !== null && progress.percentage < 1)).toBe(true);
  });

  test("uploads the file that it is given as an input", async () => {
    const double = await startForTest();
    const replicate = clientOf(double);
    const output = await replicate.run(realEsrgan, { input: { image: Buffer.from("a picture"), scale: 1 } });
    expect(String(output)).toMatch(/\.png$/);
    const [{ input } = { input: {} }] = (await replicate.predictions.list()).results;
    const [file] = (await replicate.files.list()).results;
    expect(input).toMatchObject({ image: file?.urls.get });
  });

  test("gives strings, objects, objects of links and lists of words as the models do", async () => {
    const replicate = clientOf(await startForTest());
    expect(await replicate.run(`replicate/hello-world:${hello.version}`, { input: hello.input })).toBe("hello Alice");
    const audio = "https://example.com/speech.wav";
    const whisper = "openai/whisper:8099696689d249cf8b122d833c36ac3f75505c666a395ca40ef26f68e7d3d16e";
    expect(await replicate.run(whisper, { input: { audio, transcription: "srt" } })).toMatchObject({
      detected_language: "english",
      transcription: expect.stringMatching(/^1\n00:00:00,000 --> 00:00:02,800\nThe /),
      segments: expect.arrayContaining([expect.objectContaining({ id: 0, start: 0 })]),
      translation: null,
    });
    const demucs = "cjwbw/demucs:25a173108cff36ef9f80f854c162d01df9e6528be175794b81158fa03836d953";
    expect(await replicate.run(demucs, { input: { audio } })).toEqual({
      vocals: expect.stringMatching(/vocals\.wav$/),
      drums: expect.stringMatching(/drums\.wav$/),
      bass: expect.stringMatching(/bass\.wav$/),
      other: expect.stringMatching(/other\.wav$/),
    });
    expect(Object.values(await replicate.run(llama, { input: poem })).join("")).toMatch(/^The \w+/);
  });

  test("throws what made the prediction fail", async () => {
    const double = await startForTest();
    const error = "NSFW content detected. Try running it again, or try a different prompt.";
    await plantFault(double, { fault: { kind: "outcome", status: "failed", error } });
    await expect(clientOf(double).run(sdxl, { input: tiny })).rejects.toThrow(`Prediction failed: ${error}`);
  });

  test("cancels when its signal is aborted", async () => {
    const replicate = clientOf(await startForTest({ timeScale: 1 }));
    const aborting = new AbortController();
    const wait = { mode: "poll", interval: 10 } as const;
    const { signal } = aborting;
    expect(await replicate.run(sdxl, { input: tiny, wait, signal }, () => aborting.abort())).toBeNull();
    expect((await replicate.predictions.list()).results).toMatchObject([{ status: "canceled" }]);
  });
});

describe("predictions in the background", () => {
  test("are created, fetched, waited for, listed and canceled", async () => {
    const replicate = clientOf(await startForTest());
    const created = await replicate.predictions.create({ version: stableDiffusion, input: tiny });
    expect(created).toMatchObject({ model: "stability-ai/stable-diffusion", version: stableDiffusion });
    expect((await replicate.predictions.get(created.id)).id).toBe(created.id);
    const done = await replicate.wait(created, { interval: 10 });
    expect(done.output).toEqual([expect.stringMatching(/\/out-0\.png$/)]);
    expect((await replicate.predictions.list()).results).toEqual([done]);
    expect(await replicate.predictions.cancel(created.id)).toEqual(done);
  });

  test("tell their webhook, which the client can validate with the account's secret", async () => {
    const replicate = clientOf(await startForTest());
    const receiver = await startReceiver();
    const { id } = await replicate.predictions.create({
      ...hello,
      webhook: receiver.url,
      webhook_events_filter: ["completed"],
    });
    const [received] = await receiver.take(1);
    const { key } = await replicate.webhooks.default.secret.get();
    const { headers = {}, body = "" } = received ?? {};
    const request = new Request(receiver.url, { method: "POST", headers, body });
    expect(await validateWebhook(request.clone(), key)).toBe(true);
    expect(await request.json()).toMatchObject({ id, status: "succeeded" });
  });
});

describe("replicate.stream", () => {
  test("yields the output piece by piece, and that it is done", async () => {
    const replicate = clientOf(await startForTest({ timeScale: 0.05 }));
    const events = await collect(replicate.stream(llama, { input: poem }));
    expect(events.at(-1)).toMatchObject({ event: "done", data: "{}" });
    const pieces = events.filter(({ event }) => event === "output");
    expect(pieces.length).toBeGreaterThan(30);
    expect(pieces[1]?.id).toMatch(/^\d+:1$/);
    const [{ output } = { output: [] }] = (await replicate.predictions.list()).results;
    expect(pieces.map(({ data }) => data)).toEqual(output);
  });

  test("throws the error of a prediction that fails", async () => {
    const double = await startForTest();
    await plantFault(double, { fault: { kind: "outcome", status: "failed", error: "CUDA out of memory" } });
    const streaming = collect(clientOf(double).stream(llama, { input: poem }));
    await expect(streaming).rejects.toThrow('{"detail":"CUDA out of memory"}');
  });

  test("says that a prediction was canceled, after what it had given by then", async () => {
    const replicate = clientOf(await startForTest({ timeScale: 1 }));
    const { id, urls } = await replicate.predictions.create({ model: llama, input: poem, stream: true });
    const { body } = await fetch(urls.stream ?? "", { headers: { accept: "text/event-stream" } });
    const reader = body?.pipeThrough(new TextDecoderStream()).getReader();
    let text = "";
    while (!text.includes("event: done")) {
      if (text.includes("event: output")) await replicate.predictions.cancel(id);
      text += (await reader?.read())?.value ?? "";
    }
    await reader?.cancel();
    expect(text).toMatch(/event: done\ndata: \{"reason":"canceled"\}\n\n$/);
    await eventually(() => replicate.predictions.get(id)).toMatchObject({ output: expect.any(Array) });
  });

  test("is not there for models whose output comes at once", async () => {
    const replicate = clientOf(await startForTest());
    const streaming = collect(replicate.stream(`replicate/hello-world:${hello.version}`, hello));
    await expect(streaming).rejects.toThrow("Prediction does not support streaming");
  });
});
