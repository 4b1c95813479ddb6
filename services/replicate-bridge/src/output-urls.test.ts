import { describe, expect, it } from "vitest";
import { outputUrls } from "./output-urls.ts";

const url = (name: string) => `https://replicate.delivery/yhqm/${name}`;

describe("outputUrls", () => {
  it("finds the files in every shape that models answer in", () => {
    expect(outputUrls(url("a"))).toEqual([url("a")]);
    expect(outputUrls([url("a"), url("b")])).toEqual([url("a"), url("b")]);
    expect(outputUrls({ mesh: url("a"), preview: url("b"), seed: 7 })).toEqual([url("a"), url("b")]);
    expect(outputUrls([{ image: url("a") }, { image: url("b"), text: "b" }])).toEqual([url("a"), url("b")]);
  });

  it("takes nothing but http and https, and no more than a hundred", () => {
    expect(outputUrls(["file:///etc/passwd", "data:image/png;base64,AA", "https://", "javascript:1"])).toEqual([]);
    expect(outputUrls(Array.from({ length: 1000 }, (_, index) => url(String(index))))).toHaveLength(100);
  });
});
