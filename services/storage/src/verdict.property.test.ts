import fc from "fast-check";
import { expect, test } from "vitest";
import { bodyOf, listen } from "../test/listen.ts";
import { createMapBucket, pieceByPiece } from "../test/map-bucket.ts";
import { png } from "../test/samples.ts";
import { OutputLost } from "./output-errors.ts";

const image = png(8, 8);
const outputs = [0, 1].map((index) => ({ index, url: `https://replicate.delivery/${index}` }));
const body = bodyOf({ outputs });
type Ports = Parameters<typeof listen>[0];

/** One delivery of the job: which outputs it gets to see, and before which of its calls it dies, if it does. */
const deliveryOf = fc.record({
  sees: fc.tuple(fc.boolean(), fc.boolean()),
  diesBefore: fc.option(fc.nat(12), { nil: Number.POSITIVE_INFINITY }),
});

test("however deliveries meet, see different things and die, a job is announced as one and the same", async () => {
  await fc.assert(
    fc.asyncProperty(fc.scheduler(), fc.array(deliveryOf, { minLength: 2, maxLength: 4 }), async (scheduler, given) => {
      const bucket = createMapBucket();
      const announced = new Set<string>();

      const run = async ({ sees, diesBefore }: (typeof given)[number]) => {
        let calls = 0;
        const step =
          <A extends unknown[], R>(call: (...args: A) => Promise<R>) =>
          async (...args: A): Promise<R> => {
            if (calls++ >= diesBefore) throw new Error("died");
            await scheduler.schedule(Promise.resolve());
            return call(...args);
          };
        const ports: Ports = {
          findVerdict: step(bucket.findVerdict),
          saveVerdict: step(bucket.saveVerdict),
          findMedia: step(bucket.findMedia),
          hasMedia: step(bucket.hasMedia),
          saveMedia: step(bucket.saveMedia),
          readMedia: step(bucket.readMedia),
          readRange: step(bucket.readRange),
          openOutput: step(async (url: string) => {
            if (!sees[url.endsWith("1") ? 1 : 0]) throw new OutputLost("output_too_large", "6 GB");
            return { body: pieceByPiece(image), close: () => {} };
          }),
          publish: step(async (all) => {
            for (const each of all) announced.add(JSON.stringify(each));
          }),
        };
        await listen(ports).deliver([body]);
      };

      const deliveries = Promise.all(given.map(run));
      await scheduler.waitFor(deliveries);
      await scheduler.waitFor(run({ sees: [false, false], diesBefore: Number.POSITIVE_INFINITY }));
      expect(announced.size).toBe(1);
    }),
    { numRuns: 300 },
  );
});
