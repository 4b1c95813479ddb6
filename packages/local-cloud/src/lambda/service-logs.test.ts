import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openLog, readLogs } from "./service-logs.ts";

let dataDir: string;

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "service-logs-"));
});

afterEach(() => rm(dataDir, { recursive: true }));

const read = async (service: string) => {
  const lines: string[] = [];
  for await (const line of readLogs(service, { dataDir })) lines.push(line);
  return lines;
};

describe("a service's log", () => {
  it("is read back line by line, across openings", async () => {
    for (const line of ["one", "zwölf", "three"]) {
      const log = openLog(dataDir, "ledger");
      log.write(line);
      log.close();
    }
    expect(await read("ledger")).toEqual(["one", "zwölf", "three"]);
    expect(await read("nobody")).toEqual([]);
  });

  it("begins anew when it is full", async () => {
    const log = openLog(dataDir, "ledger", 10);
    for (const line of ["first line", "second line", "third"]) log.write(line);
    log.close();
    expect(await read("ledger")).toEqual(["third"]);
  });

  it("is followed while it grows and rotates, until told to stop", async () => {
    const log = openLog(dataDir, "ledger", 10);
    log.write("first line");
    const stop = new AbortController();
    const followed: string[] = [];
    for await (const line of readLogs("ledger", { dataDir, follow: stop.signal })) {
      followed.push(line);
      if (followed.length === 1) log.write("after the rotation");
      if (followed.length === 2) stop.abort();
    }
    log.close();
    expect(followed).toEqual(["first line", "after the rotation"]);
  });
});
