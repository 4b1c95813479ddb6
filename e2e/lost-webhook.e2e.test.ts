import { expect, inject, test } from "vitest";
import { createApi } from "./api.ts";
import { createUpstream } from "./upstream.ts";

const { url, replicateUrl } = inject("system");
const api = createApi(url);
const upstream = createUpstream(replicateUrl);

test("a job whose webhook is lost is completed by the reconciler, which looks every minute", async () => {
  await upstream.plantFault({
    ...{ match: { model: "bytedance/seedance-1-lite", event: "completed" }, times: 1 },
    fault: { kind: "webhook", drop: true },
  });
  const parameters = { prompt: "waves without a word", duration: 2, resolution: "480p" };
  const { jobId } = await api.request({
    userId: "unheard",
    mediaType: "video",
    modelId: "seedance-1-lite",
    parameters,
  });
  const job = await api.completed(jobId, { withinMs: 90_000 });
  const [told] = (await upstream.webhooksOf(job.replicateId ?? "")).filter(({ event }) => event === "completed");
  expect(told).toMatchObject({ outcome: "dropped by a fault" });
  expect(await upstream.predictionsOf(jobId)).toEqual([job.replicateId]);
});
