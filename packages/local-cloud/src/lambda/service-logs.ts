import { closeSync, fstatSync, mkdirSync, openSync, renameSync, writeSync } from "node:fs";
import { type FileHandle, open, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { setTimeout } from "node:timers/promises";

const rotateAtBytes = 10 * 1024 * 1024;
const chunkBytes = 64 * 1024;

const logPath = (dataDir: string, service: string) => join(dataDir, "logs", `${service}.log`);

interface LogWriter {
  write(line: string): void;
  close(): void;
}

/** Appends lines as they are. A full file becomes `<service>.log.1`, and the one before that goes. */
export function openLog(dataDir: string, service: string, maxBytes = rotateAtBytes): LogWriter {
  const path = logPath(dataDir, service);
  mkdirSync(dirname(path), { recursive: true });
  let file = openSync(path, "a");
  let bytes = fstatSync(file).size;
  let closed = false;
  return {
    write(line) {
      // A process that a handler left behind may still speak.
      if (closed) return;
      if (bytes > maxBytes) {
        closeSync(file);
        renameSync(path, `${path}.1`);
        file = openSync(path, "a");
        bytes = 0;
      }
      bytes += writeSync(file, `${line}\n`);
    },
    close() {
      closed = true;
      closeSync(file);
    },
  };
}

export interface ReadLogsOptions {
  dataDir: string;
  /** Waits for more lines until the signal aborts, across rotations. */
  follow?: AbortSignal;
}

/** The lines of a service's log, oldest first; any process may read while another writes. */
export async function* readLogs(service: string, { dataDir, follow }: ReadLogsOptions): AsyncGenerator<string> {
  const path = logPath(dataDir, service);
  let file = await openIfThere(path);
  try {
    while (true) {
      if (file) yield* readLines(file, follow);
      if (!follow || follow.aborted) return;
      // Rotated, or only now begun: what follows is in the file that has the name now.
      await file?.close();
      file = await openIfThere(path);
      if (!file) await pause(follow);
    }
  } finally {
    await file?.close();
  }

  /** To the end of this file; if followed, to its end after another has taken its name. */
  async function* readLines(file: FileHandle, follow: AbortSignal | undefined): AsyncGenerator<string> {
    const chunk = Buffer.alloc(chunkBytes);
    let rest = Buffer.alloc(0);
    let replaced = follow === undefined;
    while (true) {
      const { bytesRead } = await file.read(chunk);
      if (bytesRead > 0) {
        rest = Buffer.concat([rest, chunk.subarray(0, bytesRead)]);
        const end = rest.lastIndexOf("\n");
        if (end >= 0) yield* rest.subarray(0, end).toString("utf8").split("\n");
        rest = rest.subarray(end + 1);
      } else if (replaced || follow?.aborted) {
        return;
      } else if (!(await hasName(file, path))) {
        replaced = true;
      } else {
        await pause(follow);
      }
    }
  }
}

const pause = (signal: AbortSignal | undefined) =>
  setTimeout(100, undefined, signal && { signal }).catch(() => {
    // Aborted: the caller looks at the signal.
  });

async function hasName(file: FileHandle, path: string): Promise<boolean> {
  const [own, named] = await Promise.all([file.stat(), stat(path).catch(() => undefined)]);
  return own.ino === named?.ino;
}

async function openIfThere(path: string): Promise<FileHandle | undefined> {
  try {
    return await open(path);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
}
