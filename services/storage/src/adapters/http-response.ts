import type { IncomingMessage } from "node:http";
import type { ByteStream } from "../media-bucket.ts";
import { OutputUnreachable } from "../output-errors.ts";
import type { Patience } from "./http-outputs.ts";

export interface ReadOptions {
  /** Null when upstream did not say. */
  expectedBytes: number | null;
  maxBytes: number;
  patience: Patience;
  /** Epoch milliseconds. */
  giveUpAt: number;
  tooLarge: () => Error;
}

/** A response's body, whole or an error: never a shorter one, never a larger one, and not slower than patience allows. */
export async function* readResponse(response: IncomingMessage, options: ReadOptions): ByteStream {
  const { expectedBytes, maxBytes, patience, giveUpAt, tooLarge } = options;
  const { idleMs, graceMs, minBytesPerSecond } = patience;
  const pieces: AsyncIterator<Buffer> = response[Symbol.asyncIterator]();
  let bytes = 0;
  // Only the time that is spent waiting for upstream counts, not what the bucket takes.
  let waitedMs = 0;
  for (;;) {
    const spareMs = graceMs + (bytes / minBytesPerSecond) * 1000 - waitedMs;
    const started = performance.now();
    const piece = await within(Math.min(idleMs, spareMs, giveUpAt - Date.now()), response, () => pieces.next());
    waitedMs += performance.now() - started;
    if (piece.done) break;
    bytes += piece.value.length;
    if (bytes > maxBytes) throw tooLarge();
    yield piece.value;
  }
  if (expectedBytes !== null && bytes !== expectedBytes) {
    throw new OutputUnreachable(`The output broke off after ${bytes} of ${expectedBytes} bytes.`);
  }
}

async function within<T>(ms: number, response: IncomingMessage, read: () => Promise<T>): Promise<T> {
  let late = false;
  const timer = setTimeout(
    () => {
      late = true;
      response.destroy();
    },
    Math.max(0, ms),
  );
  try {
    return await read();
  } catch (cause) {
    throw new OutputUnreachable(late ? "The output comes too slowly." : "The output broke off.", { cause });
  } finally {
    clearTimeout(timer);
  }
}
