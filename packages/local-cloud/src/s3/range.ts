import type { Slice } from "./files.ts";
import type { StoredSlice } from "./objects.ts";
import { s3Error } from "./s3-error.ts";

/** `to` is exclusive. */
export interface ByteRange {
  from: number;
  to: number;
}

/** Undefined where S3 sends the whole object: no range, one it does not understand, or several. Throws `InvalidRange`. */
export function parseRange(header: string | undefined, bytes: number): ByteRange | undefined {
  const [, first = "", last = ""] = /^bytes=(\d*)-(\d*)$/.exec(header?.trim() ?? "") ?? [];
  if (first === "" && last === "") return undefined;
  if (first !== "" && last !== "" && Number(last) < Number(first)) return undefined;
  const range =
    first === ""
      ? { from: Math.max(0, bytes - Number(last)), to: bytes }
      : { from: Number(first), to: last === "" ? bytes : Math.min(bytes, Number(last) + 1) };
  if (range.from < range.to) return range;
  throw s3Error("InvalidRange", { RangeRequested: header ?? "", ActualObjectSize: bytes });
}

/** The range that one part of a multipart upload covers. */
export function rangeOfPart(number: string, slices: StoredSlice[]): ByteRange {
  const part = Number(number);
  if (!Number.isInteger(part) || part < 1 || part > 10_000) {
    throw s3Error("InvalidArgument", {
      message: "Part number must be an integer between 1 and 10000, inclusive",
      ArgumentName: "partNumber",
      ArgumentValue: number,
    });
  }
  const slice = slices[part - 1];
  if (!slice) throw s3Error("InvalidPartNumber", { PartNumberRequested: part, ActualPartCount: slices.length });
  const from = slices.slice(0, part - 1).reduce((sum, { bytes }) => sum + bytes, 0);
  return { from, to: from + slice.bytes };
}

/** The pieces of files that make up a range of the object. */
export function slicesOf(slices: StoredSlice[], { from, to }: ByteRange): Slice[] {
  const pieces: Slice[] = [];
  let start = 0;
  for (const { file, bytes } of slices) {
    const piece = { file, from: Math.max(0, from - start), to: Math.min(bytes, to - start) };
    if (piece.from < piece.to) pieces.push(piece);
    start += bytes;
  }
  return pieces;
}
