import { afterAll, expect, inject, test } from "vitest";
import { createApi } from "./api.ts";
import { createLedger } from "./ledger.ts";
import { until } from "./until.ts";
import { createUpstream } from "./upstream.ts";

const { url, replicateUrl, databaseUrl } = inject("system");
const api = createApi(url);
const upstream = createUpstream(replicateUrl);
const userId = "canceler";

const ledger = createLedger(databaseUrl);
afterAll(() => ledger.close());

test("a running video is canceled, and the time that it ran is paid for", async () => {
  // The double draws how long a run takes from its input: this one boots at once and runs as long as any.
  const parameters = { image: "https://example.com/long.jpg", motion_bucket_id: 127, seed: 1185 };
  const { jobId } = await api.request({ userId, mediaType: "video", modelId: "stability-video", parameters });
  await until("the prediction to run", async () => {
    const [predictionId] = await upstream.predictionsOf(jobId);
    return predictionId && (await upstream.statusOf(predictionId)) === "processing" ? true : undefined;
  });
  const answer = await api.cancel(jobId);
  expect(answer).toMatchObject({ status: 202, json: { jobId } });

  const job = await api.ended(jobId);
  expect(job.status).toBe("canceled");
  expect(await upstream.statusOf(job.replicateId ?? "")).toBe("canceled");
  const billed = await upstream.billed(job.replicateId ?? "");
  expect(billed).toBeGreaterThan(0);
  expect(await ledger.charged(jobId)).toBe(billed);

  expect(await api.cancel(jobId)).toMatchObject({ status: 409, json: { code: "job.ended" } });
});

test("a job that has ended cannot be canceled", async () => {
  const parameters = { prompt: "done soon", megapixels: "0.25" };
  const { jobId } = await api.request({ userId, mediaType: "image", modelId: "flux-schnell", parameters });
  await api.completed(jobId);
  expect(await api.cancel(jobId)).toMatchObject({ status: 409, json: { code: "job.ended" } });
  expect((await api.readStatus(jobId)).status).toBe("completed");
});

test.each(["019a9f3c-5a00-7cc3-98c4-dc0c0c07398f", "no-job"])("nobody's job %s is not found", async (jobId) => {
  expect(await api.cancel(jobId)).toMatchObject({ status: 404, json: { code: "job.unknown" } });
  expect(await api.call(`/status/${jobId}`)).toMatchObject({ status: 404, json: { code: "job.unknown" } });
});
