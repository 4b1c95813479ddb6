import { type Delivered, parseDelivery } from "@vsl/events";
import { replayArchive } from "@vsl/events/testing";
import { expect, test } from "vitest";
import { createWorld } from "../test/world.ts";
import { cancelPrediction } from "./cancel-prediction.ts";
import { hears } from "./hears.ts";
import { submitPrediction } from "./submit-prediction.ts";

test("of every version that ever was, a replay never reaches Replicate, even past the rule that keeps it away", async () => {
  const { ports, upstream, announced } = createWorld();
  const hearOne = (event: Delivered<(typeof hears)[number]>) =>
    event.name === "JobRequested" ? submitPrediction(ports, event) : cancelPrediction(ports, event);
  const archive = replayArchive(hears.map(({ name }) => name));
  expect(archive.length).toBeGreaterThan(hears.length);
  for (const body of archive) expect(await hearOne(parseDelivery(hears, body))).toEqual({ announce: [] });
  expect(upstream.list()).toEqual([]);
  expect(announced).toEqual([]);
});
