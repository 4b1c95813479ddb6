import { s3Error } from "./s3-error.ts";

export interface Form {
  /** Those before the file, by their names in lower case. */
  fields: Map<string, string>;
  /** Its name without folders, empty where it has none. What follows the file is not read, as S3 does not read it. */
  file: { name: string; chunks: AsyncIterable<Buffer> } | undefined;
  /** Lets go of the body, so that what is left of it can flow away. */
  close(): Promise<void>;
}

const maximumFieldBytes = 20_480;

const malformed = () => s3Error("MalformedPOSTRequest");
const tooLarge = () => s3Error("MaxPostPreDataLengthExceededError");

/** Reads the fields of a `multipart/form-data` body up to its file, whose bytes are then to be read from `chunks`. */
export async function readForm(source: AsyncIterable<Buffer>, boundary: string): Promise<Form> {
  const input = createScanner(source);
  const delimiter = Buffer.from(`\r\n--${boundary}`);
  const fields = new Map<string, string>();
  const { close } = input;
  let left = maximumFieldBytes;

  const read = async (end: Buffer) => {
    const pieces: Buffer[] = [];
    for await (const piece of input.until(end)) {
      left -= piece.length;
      if (left < 0) throw tooLarge();
      pieces.push(piece);
    }
    return Buffer.concat(pieces).toString("utf8");
  };

  if ((await read(delimiter)) !== "") throw malformed();
  for (;;) {
    const afterBoundary = await read(lineEnd);
    if (afterBoundary.startsWith("--")) return { fields, file: undefined, close };
    const { name, filename } = parsePartHeader(await read(headerEnd));
    if (name === "file") {
      const fileName = filename.slice(Math.max(filename.lastIndexOf("/"), filename.lastIndexOf("\\")) + 1);
      return { fields, file: { name: fileName, chunks: input.until(delimiter) }, close };
    }
    fields.set(name, await read(delimiter));
  }
}

const lineEnd = Buffer.from("\r\n");
const headerEnd = Buffer.from("\r\n\r\n");

function parsePartHeader(header: string): { name: string; filename: string } {
  const disposition = header.split("\r\n").find((line) => /^content-disposition:/i.test(line)) ?? "";
  const parameter = (name: string) => new RegExp(`[;\\s]${name}="([^"]*)"`, "i").exec(disposition)?.[1];
  const name = parameter("name");
  if (name === undefined) throw malformed();
  return { name: name.toLowerCase(), filename: unescapeName(parameter("filename") ?? "") };
}

/** Browsers escape these three, and nothing else, in the names of files. */
const unescapeName = (name: string) => name.replaceAll("%22", '"').replaceAll("%0D", "\r").replaceAll("%0A", "\n");

function createScanner(source: AsyncIterable<Buffer>) {
  const iterator = source[Symbol.asyncIterator]();
  // A body begins with its first boundary; the line before it, which all others have, is supplied.
  let held: Buffer = Buffer.from("\r\n");

  /** The bytes before `end`, which is passed over. Holds back no more than might be the beginning of `end`. */
  async function* until(end: Buffer): AsyncGenerator<Buffer> {
    for (;;) {
      const at = held.indexOf(end);
      const ready = held.subarray(0, at < 0 ? Math.max(0, held.length - end.length + 1) : at);
      held = held.subarray(at < 0 ? ready.length : at + end.length);
      if (ready.length > 0) yield ready;
      if (at >= 0) return;
      const next = await iterator.next();
      if (next.done) throw malformed();
      held = Buffer.concat([held, next.value]);
    }
  }
  const close = async () => {
    await iterator.return?.();
  };
  return { until, close };
}
