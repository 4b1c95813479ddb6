import type { ByteRange } from "./byte-range.ts";
import type { Pause } from "./pause.ts";

const CHUNK_BYTES = 65_536;

interface Trickle {
  bytes: Uint8Array;
  /** May reach beyond the end of the bytes: zeros follow. */
  range: ByteRange;
  bytesPerSecond: number | undefined;
  pause: Pause;
}

/** A part of a file in small pieces, so that even a huge one is never in memory; no faster than asked. */
export async function* trickle({ bytes, range, bytesPerSecond, pause }: Trickle): AsyncGenerator<Uint8Array> {
  const size = bytesPerSecond === undefined ? CHUNK_BYTES : chunkAt(bytesPerSecond);
  for (let from = range.first; from <= range.last; from += size) {
    const chunk = new Uint8Array(Math.min(size, range.last + 1 - from));
    chunk.set(bytes.subarray(from, from + chunk.length));
    yield chunk;
    if (bytesPerSecond !== undefined) await pause((chunk.length / bytesPerSecond) * 1000);
  }
}

/** Ten pieces a second, so that slow is not jerky. */
const chunkAt = (bytesPerSecond: number) => Math.max(1, Math.min(CHUNK_BYTES, Math.floor(bytesPerSecond / 10)));
