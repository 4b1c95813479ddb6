import { beforeAll, describe, expect, inject, test } from "vitest";
import { createApi } from "./api.ts";
import type { Completed } from "./contract.ts";

const api = createApi(inject("system").url);
let job: Completed;

beforeAll(async () => {
  const parameters = { prompt: "to be looked at", megapixels: "0.25" };
  const { jobId } = await api.request({ userId: "linked", mediaType: "image", modelId: "flux-schnell", parameters });
  job = await api.completed(jobId);
});

const open = (link: URL) => fetch(link, { redirect: "manual" });

function changed(change: (link: URL) => void): URL {
  const link = new URL(job.result.originalUrl);
  change(link);
  return link;
}

describe("a media link", () => {
  test("leads to the bucket for at most five minutes, and is itself valid for at most fifteen", async () => {
    const link = new URL(job.result.originalUrl);
    const secondsLeft = Number(link.searchParams.get("expires")) - Date.now() / 1000;
    expect(secondsLeft).toBeLessThanOrEqual(15 * 60);
    const answer = await open(link);
    expect(answer.status).toBe(302);
    const presigned = new URL(answer.headers.get("location") ?? "");
    expect(presigned.pathname).toContain(job.result.s3Path);
    expect(Number(presigned.searchParams.get("X-Amz-Expires"))).toBeLessThanOrEqual(5 * 60);
  });

  test.each([
    ["an expiry that has passed", "expires", () => String(Math.floor(Date.now() / 1000) - 1)],
    ["a later expiry", "expires", (value: string) => String(Number(value) + 3600)],
    ["another account", "account", () => "somebody"],
    ["another key", "key", (value: string) => value.replace("linked", "others")],
    ["another signature", "signature", (value: string) => value.split("").reverse().join("")],
  ])("with %s is refused", async (_, parameter, change) => {
    const link = changed(({ searchParams }) => searchParams.set(parameter, change(searchParams.get(parameter) ?? "")));
    expect((await open(link)).status).toBe(403);
  });

  test("without a signature is refused", async () => {
    expect((await open(changed((link) => link.searchParams.delete("signature")))).status).toBe(403);
  });

  test("of another file of the job is refused", async () => {
    const other = changed((link) => {
      link.pathname = link.pathname.replace(/[^/]+$/, "original-1.webp");
    });
    expect((await open(other)).status).toBe(403);
  });
});
