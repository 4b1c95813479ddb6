import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";

const accepted = z.object({ jobId: z.string() });
const status = z.object({
  status: z.enum(["pending", "processing", "completed", "failed", "canceled"]),
  result: z.object({ originalUrl: z.url() }).optional(),
  cost: z.object({ source: z.enum(["estimated", "measured"]) }),
});

const pollEveryMs = 1_000;
const withinMs = 120_000;

/** A caller who asks for an image, looks every second how it is, and downloads it. */
export async function runJob(url: string, userId: string): Promise<void> {
  const response = await fetch(`${url}/generate-media`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({
      userId,
      mediaType: "image",
      modelId: "flux-schnell",
      parameters: { prompt: "A beautiful sunset over mountains, vibrant colors, 4k quality" },
    }),
  });
  if (response.status !== 202) throw new Error(`a job was refused with ${response.status}: ${await response.text()}`);
  const { jobId } = accepted.parse(await response.json());
  const mediaUrl = await untilSettled(url, jobId);
  const media = await fetch(mediaUrl);
  if (!media.ok) throw new Error(`the media of ${jobId} cannot be downloaded: ${media.status}`);
  await media.arrayBuffer();
}

/** The link to the media, once the job is stored and charged. */
async function untilSettled(url: string, jobId: string): Promise<string> {
  for (const deadline = Date.now() + withinMs; Date.now() < deadline; ) {
    await sleep(pollEveryMs);
    const job = status.parse(await (await fetch(`${url}/status/${jobId}`)).json());
    if (job.status === "failed" || job.status === "canceled") throw new Error(`job ${jobId} ${job.status}`);
    if (job.result && job.cost.source === "measured") return job.result.originalUrl;
  }
  throw new Error(`job ${jobId} did not end within ${withinMs / 1000} s`);
}
