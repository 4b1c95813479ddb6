import { randomUUID } from "node:crypto";
import { Webhook } from "standardwebhooks";
import { afterAll, describe, expect, inject, test } from "vitest";
import { createApi } from "./api.ts";
import { createLedger } from "./ledger.ts";
import { until } from "./until.ts";
import { createUpstream } from "./upstream.ts";

const { url, replicateUrl, databaseUrl } = inject("system");
const api = createApi(url);
const upstream = createUpstream(replicateUrl);
const ledger = createLedger(databaseUrl);
const secret = await upstream.readWebhookSecret();
afterAll(() => ledger.close());

const unknownJob = randomUUID();
const prediction = {
  ...{ id: "nobodyspredictionnobodysprediction", status: "succeeded", model: "black-forest-labs/flux-schnell" },
  ...{ output: ["https://replicate.delivery/x/out-0.webp"], metrics: { predict_time: 1, image_count: 1 } },
};

function post(body: object, signature: Record<string, string>) {
  return api.call(`/webhook/replicate?jobId=${unknownJob}`, { method: "POST", headers: signature, body });
}

function sign(body: object, { with: key = secret, at = new Date() }: { with?: string; at?: Date } = {}) {
  return {
    "webhook-id": "msg_test",
    "webhook-timestamp": String(Math.floor(at.getTime() / 1000)),
    "webhook-signature": new Webhook(key).sign("msg_test", at, JSON.stringify(body)),
  };
}

const sixMinutes = 6 * 60_000;

describe("a webhook is refused", () => {
  test("unsigned", async () => {
    const answer = await api.call("/webhook/replicate", { method: "POST", body: { test: "data" } });
    expect(answer).toMatchObject({ status: 401, json: { error: expect.any(String) } });
  });

  test("signed with another secret", async () => {
    const other = `whsec_${Buffer.from("another secret of 24 byte").toString("base64")}`;
    expect((await post(prediction, sign(prediction, { with: other }))).status).toBe(401);
  });

  test("signed for another body", async () => {
    expect((await post({ ...prediction, status: "failed" }, sign(prediction))).status).toBe(401);
  });

  test.each([-sixMinutes, sixMinutes])("signed %d ms from now", async (ms) => {
    expect((await post(prediction, sign(prediction, { at: new Date(Date.now() + ms) }))).status).toBe(401);
  });
});

test("a signed webhook of a prediction that nobody asked for is taken without effect", async () => {
  expect((await post(prediction, sign(prediction))).status).toBe(200);
  expect((await api.call(`/status/${unknownJob}`)).status).toBe(404);
  expect(await ledger.query("SELECT 1 FROM events WHERE job_id = $1", [unknownJob])).toEqual([]);
});

test("a webhook that comes five times is one charge and one output", async () => {
  await upstream.plantFault({
    ...{ match: { model: "black-forest-labs/flux-dev", event: "completed" }, times: 1 },
    fault: { kind: "webhook", duplicate: 4 },
  });
  const parameters = { prompt: "five times", megapixels: "0.25" };
  const { jobId } = await api.request({ userId: "fivefold", mediaType: "image", modelId: "flux-dev", parameters });
  const { replicateId = "" } = await api.completed(jobId);
  await until("all five webhooks", async () => {
    const delivered = (await upstream.webhooksOf(replicateId)).filter(({ event }) => event === "completed");
    return delivered.length === 5 && delivered.every(({ status }) => status === 200) ? true : undefined;
  });
  expect(await ledger.charged(jobId)).toBe(await upstream.billed(replicateId));
  expect(await ledger.query("SELECT output_index FROM media_outputs WHERE job_id = $1", [jobId])).toHaveLength(1);
});
