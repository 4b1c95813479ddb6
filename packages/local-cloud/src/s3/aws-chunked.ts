import { createHash } from "node:crypto";
import { s3Error } from "./s3-error.ts";
import { type Signer, sameSignature, sha256Hex } from "./signature.ts";

export interface AwsChunkedOptions {
  /** Present where each chunk carries a signature. */
  signer?: Signer;
  onTrailer: (name: string, value: string) => void;
}

const maximumLineBytes = 8192;

/**
 * Takes the framing of `Content-Encoding: aws-chunked` off: `<hex length>[;chunk-signature=…]\r\n<bytes>\r\n`, a chunk of
 * length 0, then trailers. Holds no more than a line of it in memory.
 */
export async function* decodeAwsChunked(
  source: AsyncIterable<Buffer>,
  { signer, onTrailer }: AwsChunkedOptions,
): AsyncGenerator<Buffer> {
  const input = createReader(source);
  try {
    const previousSignature = yield* readChunks(input, signer);
    await readTrailers(input, { onTrailer, ...(signer && { signer, previousSignature }) });
  } finally {
    await input.close();
  }
}

/** Returns the last chunk's signature. */
async function* readChunks(input: Reader, signer: Signer | undefined): AsyncGenerator<Buffer, string> {
  let previousSignature = signer?.signature ?? "";
  for (;;) {
    const [, length, claimed] =
      /^([0-9a-f]{1,13})(?:;chunk-signature=([0-9a-f]{64}))?$/i.exec(await input.line()) ?? [];
    if (length === undefined) throw s3Error("IncompleteBody");
    const bytes = Number.parseInt(length, 16);
    const hash = signer ? createHash("sha256") : undefined;
    for await (const piece of input.take(bytes)) {
      hash?.update(piece);
      yield piece;
    }
    if (signer && hash) {
      const expected = signer.signChunk(previousSignature, hash.digest("hex"));
      if (!sameSignature(expected, claimed ?? "")) throw s3Error("SignatureDoesNotMatch");
      previousSignature = expected;
    }
    if (bytes === 0) return previousSignature;
    if ((await input.line()) !== "") throw s3Error("IncompleteBody");
  }
}

async function readTrailers(
  input: Reader,
  { signer, previousSignature, onTrailer }: AwsChunkedOptions & { previousSignature?: string },
): Promise<void> {
  let canonical = "";
  for (let line = await input.lineOrEnd(); line; line = await input.lineOrEnd()) {
    const colon = line.indexOf(":");
    if (colon < 1) throw s3Error("MalformedTrailerError");
    const name = line.slice(0, colon).trim().toLowerCase();
    const value = line.slice(colon + 1).trim();
    if (name !== "x-amz-trailer-signature") {
      canonical += `${name}:${value}\n`;
      onTrailer(name, value);
    } else if (signer && !sameSignature(signer.signTrailer(previousSignature ?? "", sha256Hex(canonical)), value)) {
      throw s3Error("SignatureDoesNotMatch");
    } else canonical = "";
  }
  if (signer && canonical !== "") throw s3Error("SignatureDoesNotMatch");
  // What is left after the empty line is read, so that the connection can be used again.
  while (await input.more()) input.drop();
}

type Reader = ReturnType<typeof createReader>;

function createReader(source: AsyncIterable<Buffer>) {
  const iterator = source[Symbol.asyncIterator]();
  let held: Buffer = Buffer.alloc(0);

  const more = async () => {
    const next = await iterator.next();
    if (next.done) return false;
    held = held.length === 0 ? next.value : Buffer.concat([held, next.value]);
    return true;
  };
  const lineOrEnd = async () => {
    for (;;) {
      const end = held.indexOf("\r\n");
      if (end >= 0) {
        const text = held.toString("utf8", 0, end);
        held = held.subarray(end + 2);
        return text;
      }
      if (held.length > maximumLineBytes) throw s3Error("IncompleteBody");
      if (!(await more())) {
        if (held.length > 0) throw s3Error("IncompleteBody");
        return undefined;
      }
    }
  };
  const line = async () => {
    const text = await lineOrEnd();
    if (text === undefined) throw s3Error("IncompleteBody");
    return text;
  };
  async function* take(bytes: number): AsyncGenerator<Buffer> {
    for (let left = bytes; left > 0; ) {
      if (held.length === 0 && !(await more())) throw s3Error("IncompleteBody");
      const piece = held.subarray(0, left);
      held = held.subarray(piece.length);
      left -= piece.length;
      yield piece;
    }
  }
  const drop = () => {
    held = Buffer.alloc(0);
  };
  /** Lets go of the source, so that what is left of it can flow away. */
  const close = async () => {
    await iterator.return?.();
  };
  return { line, lineOrEnd, take, more, drop, close };
}
