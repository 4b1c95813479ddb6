import { randomBytes } from "node:crypto";
import { expect, test } from "vitest";
import type { ByteStream, MediaBucket, Verdicts } from "../src/media-bucket.ts";
import type { Verdict } from "../src/verdict.ts";
import { gather, pieceByPiece } from "./map-bucket.ts";

const storedAt = "2026-11-20T10:30:02.100Z";

/** What every bucket promises: run against the fake and the real adapters, so that the fake cannot lie. */
export function bucketSuite(open: () => MediaBucket & Verdicts): void {
  const large = randomBytes(21 * 1024 * 1024 + 7);
  const verdict: Verdict = {
    media: [],
    lost: [{ index: 0, error: { code: "output_expired", message: "gone" } }],
    decidedAt: storedAt,
    isFinal: false,
  };
  const read = async (bucket: MediaBucket, key: string) => {
    const { body, ...facts } = await bucket.readMedia(key);
    return { ...facts, bytes: await gather(body) };
  };

  test("keeps what was saved, with its type and its time", async () => {
    const bucket = open();
    const media = { contentType: "image/png", storedAt };
    expect(await bucket.saveMedia("a/original.png", { ...media, body: Buffer.from("png") })).toBe("saved");
    expect(await read(bucket, "a/original.png")).toEqual({ ...media, bytes: Buffer.from("png") });
  });

  test("keeps a stream of several parts, byte by byte, and reads ranges of it", async () => {
    const bucket = open();
    const body = pieceByPiece(large);
    expect(await bucket.saveMedia("b/original.mp4", { contentType: "video/mp4", body, storedAt })).toBe("saved");
    const stored = await read(bucket, "b/original.mp4");
    expect(stored).toMatchObject({ contentType: "video/mp4", storedAt });
    expect(stored.bytes.equals(large)).toBe(true);
    const range = await bucket.readRange("b/original.mp4", { start: 10_000_000, end: 10_000_100 });
    expect(Buffer.from(range).equals(large.subarray(10_000_000, 10_000_100))).toBe(true);
  });

  test("the first object at a key stays, whether it was small or a stream", async () => {
    const bucket = open();
    const first = { contentType: "image/png", body: Buffer.from("first"), storedAt };
    await bucket.saveMedia("c/original.png", first);
    expect(await bucket.saveMedia("c/original.png", { ...first, body: Buffer.from("second") })).toBe("taken");
    expect(await bucket.saveMedia("c/original.png", { ...first, body: pieceByPiece(large) })).toBe("taken");
    expect((await read(bucket, "c/original.png")).bytes.toString()).toBe("first");
  });

  test("a stream that breaks off leaves nothing, and its own error is told", async () => {
    const bucket = open();
    const breakingOff = async function* (): ByteStream {
      yield* pieceByPiece(large.subarray(0, 17 * 1024 * 1024));
      throw new Error("broke off");
    };
    const saving = bucket.saveMedia("d/original.mp4", { contentType: "video/mp4", body: breakingOff(), storedAt });
    await expect(saving).rejects.toThrow("broke off");
    expect(await bucket.findMedia("d/")).toEqual([]);
  });

  test("finds exactly the media of a prefix", async () => {
    const bucket = open();
    for (const key of ["e/1/original-1.png", "e/1/original.png", "e/10/original.png"]) {
      await bucket.saveMedia(key, { contentType: "image/png", body: Buffer.from("png"), storedAt });
    }
    expect(await bucket.findMedia("e/1/")).toEqual(["e/1/original-1.png", "e/1/original.png"]);
    expect(await bucket.hasMedia("e/1/original.png")).toBe(true);
    expect(await bucket.hasMedia("e/1/original")).toBe(false);
  });

  test("the first verdict of a job stands, for whoever comes second too", async () => {
    const bucket = open();
    expect(await bucket.findVerdict("job-1")).toBeNull();
    const first = await bucket.saveVerdict("job-1", verdict, null);
    expect(first.verdict).toEqual(verdict);
    expect(await bucket.saveVerdict("job-1", { ...verdict, lost: [] }, null)).toEqual(first);
    expect(await bucket.findVerdict("job-1")).toEqual(first);
  });

  test("of two who replace the same verdict, one does", async () => {
    const bucket = open();
    const proposed = await bucket.saveVerdict("job-3", verdict, null);
    const final = ["10:31", "10:32"].map((time) => ({
      ...verdict,
      decidedAt: `2026-11-20T${time}:00.000Z`,
      isFinal: true,
    }));
    const standing = await Promise.all(final.map((each) => bucket.saveVerdict("job-3", each, proposed)));
    expect(standing[0]).toEqual(standing[1]);
    expect(final).toContainEqual(standing[0]?.verdict);
    expect(await bucket.findVerdict("job-3")).toEqual(standing[0]);
  });
}
