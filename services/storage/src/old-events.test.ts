import { replayArchive } from "@vsl/events/testing";
import { expect, test } from "vitest";
import { createMapOutputs, listen } from "../test/listen.ts";
import { createMapBucket } from "../test/map-bucket.ts";
import { hears } from "./hears.ts";

test("of every version that ever was, a replay downloads nothing, even past the rule that keeps it away", async () => {
  const upstream = createMapOutputs({});
  const bucket = createMapBucket();
  const { deliver, dead, published } = listen({ ...bucket, openOutput: upstream.openOutput });
  const archive = replayArchive(hears.map(({ name }) => name));
  expect(archive.length).toBeGreaterThan(hears.length);
  expect(await deliver(archive)).toEqual({ batchItemFailures: [] });
  expect({ opened: upstream.opened, stored: bucket.objects.size, dead, said: published.flat() }).toEqual({
    ...{ opened: [], stored: 0, dead: [], said: [] },
  });
});
