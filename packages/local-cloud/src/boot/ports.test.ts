import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { startOnKeptPort } from "./ports.ts";

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "ports-"));
});

afterEach(() => rm(folder, { recursive: true }));

describe("an engine's port", () => {
  it("is any free one at first, and the same ever after", async () => {
    const file = join(folder, "data", "redis.port");
    const asked: number[] = [];
    const start = async (port: number) => {
      asked.push(port);
      return { port: port || 5_555 };
    };
    await startOnKeptPort(file, start);
    await startOnKeptPort(file, start);
    expect(asked).toEqual([0, 5_555]);
  });

  it("is another when somebody took it meanwhile", async () => {
    const file = join(folder, "redis.port");
    await startOnKeptPort(file, async () => ({ port: 5_555 }));
    const engine = await startOnKeptPort(file, async (port) => {
      if (port === 5_555) throw new Error("Port 5555, wanted for Redis, is taken");
      return { port: 6_666 };
    });
    expect([engine.port, await readFile(file, "utf8")]).toEqual([6_666, "6666"]);
  });

  it("hides no other trouble", async () => {
    const broken = async () => {
      throw new Error("the disk is full");
    };
    await expect(startOnKeptPort(join(folder, "redis.port"), broken)).rejects.toThrow("the disk is full");
  });
});
