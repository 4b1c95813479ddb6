import { createHash } from "node:crypto";
import { jobIdSchema } from "@vsl/events";
import { describe, expect, test } from "vitest";
import { bodyOf, completed, createMapOutputs, early, late, listen, prefix } from "../test/listen.ts";
import { createMapBucket } from "../test/map-bucket.ts";
import { png, wav } from "../test/samples.ts";
import { OutputLost, OutputUnreachable } from "./output-errors.ts";
import { createTurns } from "./turns.ts";

const [first, second] = ["https://replicate.delivery/0", "https://replicate.delivery/1"];
const two = { outputs: [first, second].map((url, index) => ({ index, url })) };
const oneImage = { outputs: [{ index: 0, url: first }] };
const image = png(64, 32);
const job = {
  jobId: completed.jobId,
  accountId: completed.accountId,
  userId: completed.userId,
  mediaType: completed.mediaType,
};
const mediaAt = (index: number, file: string, bytes: Buffer) => ({
  index,
  s3Path: prefix + file,
  bytes: bytes.length,
  contentType: "image/png",
  sha256: createHash("sha256").update(bytes).digest("hex"),
  width: 64,
  height: 32,
});
const done = { batchItemFailures: [] };
const again = { batchItemFailures: [{ itemIdentifier: "m-0" }] };

function setUp(outputs: Record<string, Buffer | Error> = { [first]: image, [second]: image }) {
  const bucket = createMapBucket();
  const upstream = createMapOutputs(outputs);
  return { bucket, upstream, ...listen({ ...bucket, openOutput: upstream.openOutput }) };
}

test("all outputs are stored, then announced with what is known of them", async () => {
  const { bucket, deliver, said } = setUp();
  expect(await deliver([bodyOf(two)])).toEqual(done);
  expect([...bucket.objects.keys()]).toEqual([`${prefix}original.png`, `${prefix}original-1.png`]);
  expect(said()).toEqual([
    [
      "MediaStored",
      {
        ...job,
        media: [mediaAt(0, "original.png", image), mediaAt(1, "original-1.png", image)],
        storedAt: new Date(early).toISOString(),
      },
    ],
  ]);
});

test("delivered twice, it downloads once and says exactly the same", async () => {
  const { upstream, deliver, published } = setUp();
  await deliver([bodyOf(two)]);
  await deliver([bodyOf(two)]);
  expect(upstream.opened).toEqual([first, second]);
  expect(published[1]).toEqual(published[0]);
});

test.each([
  ["is of the type that its URL claims, is found where it must be", "https://replicate.delivery/a/out-0.png", 1],
  ["is of another type, is downloaded once more, to the same end", "https://replicate.delivery/a/out-0.webp", 2],
])("delivered twice, an output that %s", async (_, url, downloads) => {
  const { upstream, deliver, published } = setUp({ [url]: image });
  const claimed = bodyOf({ outputs: [{ index: 0, url }] });
  await deliver([claimed]);
  await deliver([claimed]);
  expect(upstream.opened).toHaveLength(downloads);
  expect(published[1]).toEqual(published[0]);
});

test("delivered twice at the same time, one object and one verdict stand", async () => {
  const { bucket, deliver, published } = setUp();
  expect(await deliver([bodyOf(oneImage), bodyOf(oneImage)])).toEqual(done);
  expect(bucket.objects.size).toBe(1);
  expect(published[1]).toEqual(published[0]);
});

test("jobs out of order are stored under their own days", async () => {
  const { bucket, deliver, published } = setUp();
  const other = jobIdSchema.parse("019a9f3c-5a01-7cc3-98c4-dc0c0c07398f");
  const yesterday = { ...oneImage, jobId: other, requestedAt: "2026-11-19T23:59:59.000Z" };
  await deliver([bodyOf(oneImage), bodyOf(yesterday)]);
  expect([...bucket.objects.keys()].sort()).toEqual([
    `image/${completed.userId}/2026/11/19/${other}/original.png`,
    `${prefix}original.png`,
  ]);
  expect(published).toHaveLength(2);
});

test("an unreadable delivery is a dead letter at once, and nobody else's trouble", async () => {
  const { deliver, dead, published } = setUp();
  expect(await deliver(["{", bodyOf(oneImage)])).toEqual(done);
  expect(dead).toEqual(["not JSON"]);
  expect(published).toHaveLength(1);
});

test("a success without outputs is a dead letter", async () => {
  const { deliver, dead } = setUp();
  expect(await deliver([bodyOf({ outputs: [] })])).toEqual(done);
  expect(dead).toEqual(["a prediction that succeeded has no outputs to store"]);
});

test.each([
  ["a job that failed", bodyOf({ ...two, outcome: "failed", error: { code: "x", message: "" } })],
  ["a job that was canceled", bodyOf({ outputs: [], outcome: "canceled", error: { code: "x", message: "" } })],
  ["a replayed event", bodyOf(two, { "replay-name": "again" })],
])("%s is neither downloaded nor announced", async (_, body) => {
  const { upstream, deliver, published } = setUp();
  expect(await deliver([body])).toEqual(done);
  expect(upstream.opened).toEqual([]);
  expect(published).toEqual([]);
});

describe("with a dependency down", () => {
  test("the bucket: nothing is announced nor lost, even past the expiry, until it is back", async () => {
    const bucket = createMapBucket();
    const { deliver, said } = listen({ ...bucket, ...createMapOutputs({ [first]: image }), now: () => late });
    bucket.state.down = true;
    expect(await deliver([bodyOf(oneImage)])).toEqual(again);
    expect(said()).toEqual([]);
    bucket.state.down = false;
    await deliver([bodyOf(oneImage)], 2);
    expect(said().map(([name]) => name)).toEqual(["MediaStored"]);
  });

  test("the bus: the verdict stands, and is announced when the bus is back, without a download", async () => {
    const { bucket, upstream, deliver, published } = setUp();
    const { deliver: deliverInVain } = listen({
      ...bucket,
      openOutput: upstream.openOutput,
      publish: () => Promise.reject(new Error("the bus is down")),
    });
    expect(await deliverInVain([bodyOf(oneImage)])).toEqual(again);
    await deliver([bodyOf(oneImage)], 2);
    expect(upstream.opened).toEqual([first]);
    expect(published).toHaveLength(1);
  });

  test("upstream: tried again with back-off, until the outputs expire", async () => {
    const { bucket, upstream, deliver, delays, published } = setUp({ [first]: new OutputUnreachable("answered 503") });
    expect(await deliver([bodyOf(oneImage)], 3)).toEqual(again);
    expect(delays).toEqual([8]);
    expect(published).toEqual([]);
    const { deliver: deliverLate, said } = listen({ ...bucket, openOutput: upstream.openOutput, now: () => late });
    expect(await deliverLate([bodyOf(oneImage)], 20)).toEqual(done);
    expect(said()).toMatchObject([
      ["MediaLost", { media: [], lost: [{ index: 0, error: { code: "output_expired" } }] }],
    ]);
  });
});

test("who died between an object and the verdict finds the object again, instead of downloading it", async () => {
  const { bucket, upstream, deliver, said } = setUp({ [first]: image, [second]: new OutputUnreachable("broke off") });
  expect(await deliver([bodyOf(two)])).toEqual(again);
  expect(said()).toEqual([]);
  expect(bucket.objects.size).toBe(1);
  upstream.outputs[second] = image;
  expect(await deliver([bodyOf(two)], 2)).toEqual(done);
  expect(upstream.opened).toEqual([first, second, second]);
  expect(said()).toMatchObject([
    ["MediaStored", { media: [mediaAt(0, "original.png", image), mediaAt(1, "original-1.png", image)] }],
  ]);
});

test("what is truly lost is named, beside what is stored", async () => {
  const { deliver, said } = setUp({ [first]: new OutputLost("output_too_large", "6 GB"), [second]: image });
  expect(await deliver([bodyOf(two)])).toEqual(done);
  expect(said()).toEqual([
    [
      "MediaLost",
      {
        ...job,
        lost: [{ index: 0, error: { code: "output_too_large", message: "6 GB" } }],
        media: [mediaAt(1, "original-1.png", image)],
        lostAt: new Date(early).toISOString(),
      },
    ],
  ]);
});

test("a loss that was announced stays one, though the output turned up again", async () => {
  const { bucket, upstream, deliver, published } = setUp({});
  expect(await deliver([bodyOf(oneImage)], 4)).toEqual(done);
  upstream.outputs[first] = image;
  await deliver([bodyOf(oneImage)], 5);
  expect(published.map(({ detailType }) => detailType)).toEqual(["MediaLost", "MediaLost"]);
  expect(published[1]).toEqual(published[0]);
  expect(bucket.objects.size).toBe(0);
});

test("an output that is not there yet is waited for", async () => {
  const { upstream, deliver, said } = setUp({});
  expect(await deliver([bodyOf(oneImage)], 1)).toEqual(again);
  upstream.outputs[first] = image;
  expect(await deliver([bodyOf(oneImage)], 2)).toEqual(done);
  expect(said().map(([name]) => name)).toEqual(["MediaStored"]);
});

test("a page or another kind of media is not stored as the job's", async () => {
  const page = Buffer.from("<!doctype html><script>alert(1)</script>");
  const { bucket, deliver, said } = setUp({ [first]: page, [second]: wav(1) });
  await deliver([bodyOf(two)]);
  expect(bucket.objects.size).toBe(0);
  const lost = [0, 1].map((index) => ({ index, error: { code: "output_type_refused" } }));
  expect(said()).toMatchObject([["MediaLost", { lost }]]);
});

test("a fast job is announced while a slow one of its batch is still read", async () => {
  const { bucket, upstream } = setUp();
  const { promise: slow, resolve: finishSlow } = Promise.withResolvers<void>();
  const openOutput = async (url: string) => {
    if (url === second) await slow;
    return upstream.openOutput(url);
  };
  const { deliver, published } = listen({ ...bucket, openOutput });
  const slowJob = { jobId: jobIdSchema.parse("019a9f3c-5a01-7cc3-98c4-dc0c0c07398f") };
  const batch = deliver([bodyOf({ ...slowJob, outputs: [{ index: 0, url: second }] }), bodyOf(oneImage)]);
  await expect.poll(() => published.length, { interval: 1 }).toBe(1);
  finishSlow();
  expect(await batch).toEqual(done);
  expect(published).toHaveLength(2);
});

test("the outputs of a batch are read in the order in which they expire", async () => {
  const { bucket, upstream } = setUp();
  const { deliver } = listen({ ...bucket, openOutput: upstream.openOutput, inTurn: createTurns(1) });
  const expiring = (outputsExpireAt: string, url: string, jobId: string) =>
    bodyOf({ outputsExpireAt, outputs: [{ index: 0, url }], jobId: jobIdSchema.parse(jobId) });
  await deliver([
    expiring("2026-11-20T12:00:00.000Z", second, "019a9f3c-5a01-7cc3-98c4-dc0c0c07398f"),
    expiring("2026-11-20T11:00:00.000Z", first, "019a9f3c-5a02-7cc3-98c4-dc0c0c07398f"),
  ]);
  expect(upstream.opened).toEqual([first, second]);
});

test("no line of the log says where an output is", async () => {
  const { deliver, lines } = setUp({ [first]: new OutputUnreachable("replicate.delivery answered 503.") });
  await deliver([bodyOf(oneImage)]);
  expect(lines[0]?.error).toContain("answered 503");
  expect(JSON.stringify(lines)).not.toContain(first);
});
