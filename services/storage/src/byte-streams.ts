import { createHash } from "node:crypto";
import type { ByteStream } from "./media-bucket.ts";

export interface Beginning {
  head: Buffer;
  /** What follows the head; null when the head is all. */
  rest: ByteStream | null;
}

/** Reads the first `headBytes` (or a little more, as the pieces fall) of a stream, or all of a shorter one. */
export async function readHead(body: ByteStream, headBytes: number): Promise<Beginning> {
  const pieces = body[Symbol.asyncIterator]();
  const first: Uint8Array[] = [];
  let bytes = 0;
  while (bytes <= headBytes) {
    const next = await pieces.next();
    if (next.done) return { head: Buffer.concat(first), rest: null };
    first.push(next.value);
    bytes += next.value.length;
  }
  return { head: Buffer.concat(first), rest: { [Symbol.asyncIterator]: () => pieces } };
}

export async function* join({ head, rest }: Beginning): ByteStream {
  yield head;
  if (rest) yield* rest;
}

/** Hands a stream through and knows, once it has ended, how long it was and its hash. */
export function weigh(body: ByteStream) {
  const hash = createHash("sha256");
  let bytes = 0;
  async function* passThrough(): ByteStream {
    for await (const piece of body) {
      hash.update(piece);
      bytes += piece.length;
      yield piece;
    }
  }
  return { body: passThrough(), weight: () => ({ bytes, sha256: hash.digest("hex") }) };
}

/** Cuts a stream into parts of one length; the last may be shorter. Holds one part. */
export async function* inParts(body: ByteStream, partBytes: number): AsyncGenerator<Buffer> {
  let part = Buffer.allocUnsafeSlow(partBytes);
  let filled = 0;
  for await (const piece of body) {
    for (let taken = 0; taken < piece.length; ) {
      const slice = piece.subarray(taken, taken + partBytes - filled);
      part.set(slice, filled);
      filled += slice.length;
      taken += slice.length;
      if (filled < partBytes) continue;
      yield part;
      part = Buffer.allocUnsafeSlow(partBytes);
      filled = 0;
    }
  }
  if (filled > 0) yield part.subarray(0, filled);
}
