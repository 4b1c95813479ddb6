/** Inclusive, as in `Content-Range`. */
export interface ByteRange {
  first: number;
  last: number;
}

/** What a `Range` header asks of a file: null for all of it (also when it is not one plain range), or that it cannot be had. */
export function readRange(header: string | undefined, bytes: number): ByteRange | "unsatisfiable" | null {
  const asked = /^bytes=(\d*)-(\d*)$/.exec(header ?? "");
  const [, from = "", to = ""] = asked ?? [];
  if (!asked || (from === "" && to === "")) return null;
  if (from === "") {
    const suffix = Math.min(Number(to), bytes);
    return suffix === 0 ? "unsatisfiable" : { first: bytes - suffix, last: bytes - 1 };
  }
  const first = Number(from);
  const last = to === "" ? bytes - 1 : Math.min(Number(to), bytes - 1);
  if (to !== "" && Number(to) < first) return null;
  return first >= bytes ? "unsatisfiable" : { first, last };
}
