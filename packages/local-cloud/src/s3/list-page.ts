import { keyBytes } from "./rows.ts";

export interface PageRequest {
  prefix: string;
  /** Empty for none. */
  delimiter: string;
  /** First key to be considered, in bytes. */
  from: Uint8Array;
  maximumKeys: number;
}

export interface Page<Entry> {
  entries: Entry[];
  commonPrefixes: string[];
  /** Where the next page begins; undefined at the end. */
  next: Buffer | undefined;
}

/** Entries from the given key on, in the byte order of their keys. */
export type Scan<Entry> = (from: Uint8Array, limit: number) => Entry[];

const scanLimit = 500;

/** One page of a listing. Jumps over what a common prefix stands for rather than reading it. */
export function listPage<Entry extends { key: string }>(scan: Scan<Entry>, request: PageRequest): Page<Entry> {
  const { prefix, delimiter, maximumKeys } = request;
  const page: Page<Entry> = { entries: [], commonPrefixes: [], next: undefined };
  if (maximumKeys === 0) return page;
  let from = later(keyBytes(prefix), request.from);
  for (;;) {
    const scanned = scan(from, scanLimit);
    const jump = readScanned(scanned);
    if (jump === "done" || (jump === "go on" && scanned.length < scanLimit)) return page;
    if (jump !== "go on") from = jump;
  }

  function readScanned(scanned: Entry[]): Buffer | "go on" | "done" {
    for (const entry of scanned) {
      if (!entry.key.startsWith(prefix)) return "done";
      if (page.entries.length + page.commonPrefixes.length === maximumKeys) {
        page.next = Buffer.from(from);
        return "done";
      }
      const end = delimiter === "" ? -1 : entry.key.indexOf(delimiter, prefix.length);
      if (end >= 0) {
        const common = entry.key.slice(0, end + delimiter.length);
        page.commonPrefixes.push(common);
        const beyond = successorOfPrefix(keyBytes(common));
        return beyond ?? "done";
      }
      page.entries.push(entry);
      from = successor(keyBytes(entry.key));
    }
    return "go on";
  }
}

/** The smallest key that is greater. */
export function successor(key: Uint8Array): Buffer {
  return Buffer.concat([key, Buffer.of(0)]);
}

/** Where a listing goes on after a key, or after the common prefix that the key lies in. */
export function pastMarker(marker: string, { prefix, delimiter }: Pick<PageRequest, "prefix" | "delimiter">): Buffer {
  if (marker === "") return Buffer.alloc(0);
  const end = delimiter === "" || !marker.startsWith(prefix) ? -1 : marker.indexOf(delimiter, prefix.length);
  const common = end < 0 ? undefined : successorOfPrefix(keyBytes(marker.slice(0, end + delimiter.length)));
  return common ?? successor(keyBytes(marker));
}

/** The smallest key that is greater than all that begin so; none after 0xff bytes only, which UTF-8 never has. */
function successorOfPrefix(prefix: Buffer): Buffer | undefined {
  const last = prefix.findLastIndex((byte) => byte < 0xff);
  if (last < 0) return undefined;
  const beyond = Buffer.from(prefix.subarray(0, last + 1));
  beyond[last] = (beyond[last] ?? 0) + 1;
  return beyond;
}

const later = (a: Uint8Array, b: Uint8Array): Uint8Array => (Buffer.compare(a, b) >= 0 ? a : b);
