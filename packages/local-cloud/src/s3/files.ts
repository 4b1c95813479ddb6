import { randomUUID } from "node:crypto";
import { createReadStream, createWriteStream, mkdirSync, readdirSync } from "node:fs";
import { mkdir, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";

/** The bytes `from` (inclusive) to `to` (exclusive) of a file. */
export interface Slice {
  file: string;
  from: number;
  to: number;
}

export type Files = ReturnType<typeof openFiles>;

/**
 * The bytes of objects and parts: files that are written once and never changed. A file counts only when a row of the
 * database names it; `removeAllBut` clears away what a crash left.
 */
export function openFiles(folder: string) {
  const readers = new Map<string, number>();
  const doomed = new Set<string>();
  const removals = new Set<Promise<void>>();
  mkdirSync(folder, { recursive: true });
  const shards = new Set(readdirSync(folder));

  const shardOf = (file: string) => file.slice(0, 2);
  const pathOf = (file: string) => join(folder, shardOf(file), file);
  const remove = (file: string) => {
    // A removal that fails costs space until the next start, and nothing else.
    const removal: Promise<void> = rm(pathOf(file), { force: true })
      .catch(() => undefined)
      .finally(() => removals.delete(removal));
    removals.add(removal);
  };
  const discard = (files: Iterable<string>) => {
    for (const file of files) {
      if (readers.has(file)) doomed.add(file);
      else remove(file);
    }
  };
  const pin = (files: Set<string>) => {
    for (const file of files) readers.set(file, (readers.get(file) ?? 0) + 1);
    return () => {
      for (const file of files) {
        const left = (readers.get(file) ?? 1) - 1;
        if (left > 0) readers.set(file, left);
        else readers.delete(file);
        if (left === 0 && doomed.delete(file)) remove(file);
      }
    };
  };

  return {
    /** Durable once it returns; leaves nothing when the chunks throw. */
    async write(chunks: AsyncIterable<Buffer>): Promise<string> {
      const file = randomUUID();
      if (!shards.has(shardOf(file))) {
        await mkdir(join(folder, shardOf(file)), { recursive: true });
        shards.add(shardOf(file));
      }
      try {
        const target = createWriteStream(pathOf(file), { flags: "wx", flush: true, highWaterMark: 1024 ** 2 });
        await pipeline(chunks, target);
        return file;
      } catch (error) {
        await rm(pathOf(file), { force: true });
        throw error;
      }
    },
    /** One stream over many slices; the files stay until it is closed, even when they are discarded meanwhile. */
    read(slices: Slice[]): Readable {
      const release = pin(new Set(slices.map(({ file }) => file)));
      const stream = Readable.from(
        (async function* () {
          for (const { file, from, to } of slices) {
            if (to <= from) continue;
            yield* createReadStream(pathOf(file), { start: from, end: to - 1, highWaterMark: 256 * 1024 });
          }
        })(),
        { objectMode: true, highWaterMark: 1 },
      );
      stream.once("close", release);
      return stream;
    },
    /** Removes files that no row names any more, each as soon as nobody reads it. */
    discard,
    async removeAllBut(named: ReadonlySet<string>): Promise<void> {
      for (const shard of shards) {
        const present = await readdir(join(folder, shard));
        discard(present.filter((file) => !named.has(file)));
      }
      await Promise.all(removals);
    },
    async close(): Promise<void> {
      await Promise.all(removals);
    },
  };
}
