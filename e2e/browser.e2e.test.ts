import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type BrowserContext, chromium } from "playwright-core";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { z } from "zod";
import { createApi, type Generation } from "./api.ts";

/** The path of a Chromium; CI installs one. What a player accepts without a browser is in generate-media.e2e.test.ts. */
const executablePath = process.env["VSL_TEST_CHROMIUM"] ?? "";

/** What runs in the page is text: the types of a browser have no business in this program. */
const picture = "document.querySelector('img')";
const playToTheEnd = `(async () => {
  const player = document.querySelector("video, audio");
  player.muted = true;
  await player.play();
  await new Promise((resolve) => player.addEventListener("ended", resolve));
  return { seconds: player.duration, reached: player.currentTime, error: player.error?.message ?? null };
})()`;
const playedSchema = z.object({ seconds: z.number(), reached: z.number(), error: z.string().nullable() });

describe.runIf(executablePath)("in a browser", () => {
  const api = createApi(inject("system").url);
  let profile: string;
  let browser: BrowserContext;

  beforeAll(async () => {
    profile = await mkdtemp(join(tmpdir(), "vsl-chromium-"));
    browser = await chromium.launchPersistentContext(profile, {
      executablePath,
      headless: true,
      args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking", "--disable-sync"],
    });
  });
  afterAll(async () => {
    await browser?.close();
    await rm(profile, { recursive: true, force: true });
  });

  async function linkTo(generation: Omit<Generation, "userId">): Promise<string> {
    const { jobId } = await api.request({ userId: "browser", ...generation });
    return (await api.completed(jobId)).result.originalUrl;
  }

  test("a picture is shown", async () => {
    const parameters = { prompt: "A lighthouse", output_format: "png" };
    const url = await linkTo({ mediaType: "image", modelId: "flux-schnell", parameters });
    const page = await browser.newPage();
    await page.setContent(`<img src="${url.replaceAll("&", "&amp;")}">`);
    await page.waitForFunction(`${picture}?.naturalWidth > 0`);
    expect(await page.evaluate(`${picture}.naturalWidth`)).toBe(1024);
    await page.close();
  });

  test.each([
    ["video", "seedance-1-lite", { prompt: "Waves", duration: 2 }],
    ["audio", "musicgen", { prompt: "A calm piano", duration: 2 }],
  ] as const)("a %s plays", async (mediaType, modelId, parameters) => {
    const url = await linkTo({ mediaType, modelId, parameters });
    const page = await browser.newPage();
    await page.setContent(`<${mediaType} muted src="${url.replaceAll("&", "&amp;")}"></${mediaType}>`);
    const played = playedSchema.parse(await page.evaluate(playToTheEnd));
    expect(played.error).toBeNull();
    expect(played.seconds).toBeGreaterThan(1.5);
    expect(played.reached).toBeCloseTo(played.seconds, 1);
    await page.close();
  });
});
