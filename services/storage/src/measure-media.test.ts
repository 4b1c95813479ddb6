import { expect, test } from "vitest";
import { mp3, png, video, wav } from "../test/samples.ts";
import { measureMedia } from "./measure-media.ts";

const measure = (contentType: string, file: Buffer) =>
  measureMedia({
    contentType,
    bytes: file.length,
    head: file,
    read: async ({ start, end }) => file.subarray(start, end),
  });

test("an image has a width and a height", async () => {
  expect(await measure("image/png", png(640, 360))).toEqual({ width: 640, height: 360 });
});

test.each(["mp4", "webm"] as const)("a video (%s) has a duration too", async (container) => {
  const measures = await measure(`video/${container}`, await video(container));
  expect(measures).toEqual({ width: 320, height: 180, durationSeconds: 2 });
});

test("a sound has a duration", async () => {
  expect(await measure("audio/wav", wav(3))).toEqual({ durationSeconds: 3 });
  expect((await measure("audio/mpeg", mp3(100))).durationSeconds).toBeCloseTo(2.61, 1);
});

test("a large video is measured by a few small reads", async () => {
  const file = await video("mp4", 2_000_000);
  let readBytes = 0;
  const measures = await measureMedia({
    contentType: "video/mp4",
    bytes: file.length,
    head: file.subarray(0, 1000),
    read: async ({ start, end }) => {
      readBytes += end - start;
      return file.subarray(start, end);
    },
  });
  expect(measures).toEqual({ width: 320, height: 180, durationSeconds: 2 });
  expect(readBytes).toBeLessThan(200_000);
});

test.each([
  ["image/png", png(640, 360).subarray(0, 12)],
  ["image/jpeg", Buffer.from("ffd8ffe000", "hex")],
  ["video/mp4", Buffer.from("0000001c667479706d703432", "hex")],
  ["audio/mpeg", Buffer.alloc(0)],
])("a damaged %s has no measures", async (contentType, file) => {
  expect(await measure(contentType, file)).toEqual({});
});

test("a file whose index alone is too large has no measures", async () => {
  const indexBytes = 64 * 1024 * 1024;
  const head = Buffer.from("0000001c667479706d703432000000006d70343269736f6d00000000000000006d6f6f76", "hex");
  head.writeUInt32BE(indexBytes, 28);
  let readBytes = 0;
  const measures = await measureMedia({
    contentType: "video/mp4",
    bytes: 28 + indexBytes,
    head,
    read: async ({ start, end }) => {
      readBytes += end - start;
      return start < head.length
        ? Buffer.concat([head, Buffer.alloc(end)]).subarray(start, end)
        : Buffer.alloc(end - start);
    },
  });
  expect(measures).toEqual({});
  expect(readBytes).toBeLessThan(33 * 1024 * 1024);
});

test("a read that fails is not taken for a damaged file", async () => {
  const file = await video("mp4");
  const read = () => Promise.reject(new Error("the bucket is down"));
  const measuring = measureMedia({ contentType: "video/mp4", bytes: file.length, head: file, read });
  await expect(measuring).rejects.toThrow("the bucket is down");
});
