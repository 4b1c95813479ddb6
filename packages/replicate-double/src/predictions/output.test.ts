import { describe, expect, test } from "vitest";
import type { Drawing } from "../media/drawing.ts";
import type { Order } from "../models/order.ts";
import { logsAt } from "./logs.ts";
import { outputAt } from "./output.ts";
import { end, type Prediction, succeed } from "./prediction.ts";

const words: Drawing = { kind: "text", pieces: ["The", " quiet", " harbour", " waits"] };
const picture: Drawing = { kind: "image", width: 16, height: 16, format: "png", quality: 80, count: 2 };

/** Runs for ten seconds from 1,000,000 on. */
function running(order: Pick<Order, "output" | "drawing"> & { steps?: number }): Prediction {
  return {
    id: "p",
    model: "acme/model",
    version: "hidden",
    deployment: null,
    input: {},
    order: { seed: 7, price: { per: "image", micros: 1 }, ...order, steps: order.steps ?? null },
    webhook: null,
    webhookEvents: null,
    createdAt: 999_000,
    deadline: null,
    bootSeconds: 1,
    predictSeconds: 10,
    timeScale: 1,
    retentionSeconds: 3_600,
    state: { status: "processing", startedAt: 1_000_000 },
  };
}

const at = (seconds: number) => ({ now: 1_000_000 + seconds * 1000, baseUrl: "http://double" });

describe("outputAt", () => {
  test("a text comes evenly over the run; none of it is null", () => {
    const streamed = running({ output: "string iterator", drawing: words });
    expect(outputAt({ ...streamed, state: { status: "starting" } }, at(5))).toBeNull();
    expect(outputAt(streamed, at(2))).toBeNull();
    expect(outputAt(streamed, at(5))).toEqual(["The", " quiet"]);
    expect(outputAt(streamed, at(11))).toEqual(words.pieces);
  });

  test("what was canceled keeps what it had by then; what failed has nothing", () => {
    const streamed = running({ output: "string iterator", drawing: words });
    const canceled = end(streamed, { status: "canceled", error: null }, at(5).now);
    expect(outputAt(canceled, at(60))).toEqual(["The", " quiet"]);
    expect(outputAt({ ...canceled, state: { ...canceled.state, status: "failed", error: "x" } }, at(60))).toBeNull();
  });

  test("the other shapes come as a whole, at the end", () => {
    const shapes: [Order["output"], Drawing, string[], unknown][] = [
      ["string", words, [], "The quiet harbour waits"],
      ["value", { kind: "value", value: { a: [1] } }, [], { a: [1] }],
      ["uri", picture, ["a.png"], "http://double/delivery/p/a.png"],
      ["uri[]", picture, ["a.png"], ["http://double/delivery/p/a.png"]],
      ["uris by name", picture, ["bass.wav"], { bass: "http://double/delivery/p/bass.wav" }],
    ];
    for (const [output, drawing, outputNames, expected] of shapes) {
      const prediction = running({ output, drawing });
      expect(outputAt(prediction, at(5))).toBeNull();
      const ended = succeed(prediction, { startedAt: 1_000_000, outputNames });
      expect(outputAt(ended, at(11))).toEqual(expected);
      expect(outputAt(ended, at(10 + 3_600))).toBeNull();
    }
  });
});

describe("logsAt", () => {
  const counting = running({ output: "uri", drawing: picture, steps: 4 });

  test("counts the steps as they are done", () => {
    expect(logsAt(counting, at(5).now)).toBe(
      [
        "Using seed: 7",
        "  0%|          | 0/4 [00:00<?, ?it/s]",
        " 25%|██        | 1/4 [00:02<00:07, 0.40it/s]",
        " 50%|█████     | 2/4 [00:05<00:05, 0.40it/s]",
        "",
      ].join("\n"),
    );
    expect(logsAt(counting, at(60).now)).toContain("100%|██████████| 4/4");
  });

  test("says nothing before the start and after the data are removed", () => {
    expect(logsAt({ ...counting, state: { status: "starting" } }, at(5).now)).toBe("");
    const ended = succeed(counting, { startedAt: 1_000_000, outputNames: [] });
    expect(logsAt(ended, at(10 + 3_600).now)).toBe("");
  });
});
