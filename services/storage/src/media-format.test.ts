import { expect, test } from "vitest";
import { mp3, png, video, wav } from "../test/samples.ts";
import { isShowable, sniffFormat } from "./media-format.ts";

test("the bytes tell the format", async () => {
  expect(await sniffFormat(png(2, 2), "image")).toEqual({ contentType: "image/png", extension: "png" });
  expect(await sniffFormat(await video("mp4"), "video")).toEqual({ contentType: "video/mp4", extension: "mp4" });
  expect(await sniffFormat(await video("webm"), "video")).toEqual({ contentType: "video/webm", extension: "webm" });
  expect(await sniffFormat(wav(1), "audio")).toEqual({ contentType: "audio/wav", extension: "wav" });
  expect(await sniffFormat(mp3(8), "audio")).toEqual({ contentType: "audio/mpeg", extension: "mp3" });
});

test.each([
  ["a page", "<!doctype html><script>alert(1)</script>"],
  ["a drawing that can run a script", '<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script/></svg>'],
  ["an archive", "PK\u0003\u0004"],
  ["text", "not found"],
  ["nothing", ""],
])("%s is refused", async (_, text) => {
  await expect(sniffFormat(Buffer.from(text), "image")).rejects.toMatchObject({
    failure: { code: "output_type_refused" },
  });
});

test("a sound is no image", async () => {
  await expect(sniffFormat(wav(1), "image")).rejects.toThrow("audio/wav");
});

test("only what is accepted is shown in place", () => {
  expect(["image/png", "video/mp4", "audio/wav"].every(isShowable)).toBe(true);
  expect(["text/html", "image/svg+xml", "application/json"].some(isShowable)).toBe(false);
});
