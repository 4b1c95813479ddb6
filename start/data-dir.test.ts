import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { emptyDataDir, keepToUpstream } from "./data-dir.ts";

let dataDir: string;
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), "vsl-data-dir-"));
});
afterEach(() => rmSync(dataDir, { recursive: true }));

test("a folder stays with the upstream that it began with", () => {
  keepToUpstream(dataDir, "the stand-in");
  keepToUpstream(dataDir, "the stand-in");
  expect(() => keepToUpstream(dataDir, "the real Replicate")).toThrow(
    "holds jobs of the stand-in, which must not reach the real Replicate: choose another folder with VSL_DATA",
  );
});

test("a folder that was emptied may begin anew", () => {
  keepToUpstream(dataDir, "the stand-in");
  emptyDataDir(dataDir);
  keepToUpstream(dataDir, "the real Replicate");
});
