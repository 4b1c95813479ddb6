import { expect, test } from "vitest";
import { claimedKey, findKey, mediaKey, mediaPrefix } from "./media-key.ts";

const job = {
  mediaType: "image",
  userId: "test-user-123",
  jobId: "019a9f3c-5a00-7cc3-98c4-dc0c0c07398f",
  requestedAt: "2026-01-02T23:59:59.999Z",
} as const;
const prefix = "image/test-user-123/2026/01/02/019a9f3c-5a00-7cc3-98c4-dc0c0c07398f/";

test("a job's media stand under its type, user and day", () => {
  expect(mediaPrefix(job)).toBe(prefix);
  expect(mediaKey(prefix, 0, "png")).toBe(`${prefix}original.png`);
  expect(mediaKey(prefix, 1, "webp")).toBe(`${prefix}original-1.webp`);
});

test("the day is UTC's", () => {
  expect(mediaPrefix({ ...job, requestedAt: "2026-01-03T00:30:00+01:00" })).toBe(prefix);
});

test("an output's key is found without its type, and not taken for another's", () => {
  const keys = [`${prefix}original-1.png`, `${prefix}original-10.png`, `${prefix}original.webp`];
  expect([0, 1, 10, 2].map((index) => findKey(keys, prefix, index))).toEqual([keys[2], keys[0], keys[1], undefined]);
});

test("an output is likely to be where its URL says, if that says anything", () => {
  const claimed = (url: string, index = 0) => claimedKey("p/", { index, url });
  expect(claimed("https://replicate.delivery/x/out-0.WEBP?a=b.png", 1)).toBe("p/original-1.webp");
  expect([claimed("https://replicate.delivery/x"), claimed("not a URL")]).toEqual([null, null]);
});
