import { expect, test } from "vitest";
import { frameSize } from "./video.ts";

test("a longer clip has smaller frames, of the shape asked for and with even sides", () => {
  expect(frameSize(16 / 9, 24)).toEqual({ width: 640, height: 368 });
  expect(frameSize(16 / 9, 288)).toEqual({ width: 288, height: 160 });
  expect(frameSize(9 / 16, 24)).toEqual({ width: 368, height: 640 });
});
