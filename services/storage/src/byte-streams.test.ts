import { createHash } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import { gather } from "../test/map-bucket.ts";
import { inParts, join, readHead, weigh } from "./byte-streams.ts";

const pieces = fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 20 });
const streamOf = async function* (all: readonly Uint8Array[]) {
  yield* all;
};

test("head and rest are the stream again, and only what is longer than the head has a rest", async () => {
  await fc.assert(
    fc.asyncProperty(pieces, fc.integer({ min: 1, max: 100 }), async (all, headBytes) => {
      const whole = Buffer.concat(all);
      const beginning = await readHead(streamOf(all), headBytes);
      expect(beginning.rest !== null).toBe(whole.length > headBytes);
      expect((await gather(join(beginning))).equals(whole)).toBe(true);
    }),
  );
});

test("parts are the stream again, all of one length but the last", async () => {
  await fc.assert(
    fc.asyncProperty(pieces, fc.integer({ min: 1, max: 50 }), async (all, partBytes) => {
      const parts: Buffer[] = [];
      for await (const part of inParts(streamOf(all), partBytes)) parts.push(part);
      expect(Buffer.concat(parts).equals(Buffer.concat(all))).toBe(true);
      expect(parts.slice(0, -1).every(({ length }) => length === partBytes)).toBe(true);
      expect(parts.every(({ length }) => length > 0)).toBe(true);
    }),
  );
});

test("a stream is weighed as it passes", async () => {
  const all = [Buffer.from("me"), Buffer.from("dia")];
  const { body, weight } = weigh(streamOf(all));
  expect((await gather(body)).toString()).toBe("media");
  expect(weight()).toEqual({ bytes: 5, sha256: createHash("sha256").update("media").digest("hex") });
});
