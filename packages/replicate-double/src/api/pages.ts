import type { ApiContext } from "./environment.ts";
import { invalidParameter } from "./problem.ts";

/** Where a page begins: after what is newer than the position, or before what is older. */
export interface Cursor {
  direction: "older" | "newer";
  position: number;
}

export const PAGE_SIZE = 100;

/** The link to another page of the same list, with the same query. */
export function linkToPage(context: ApiContext, baseUrl: string, cursor: Cursor): string {
  const url = new URL(`${baseUrl}${context.req.path}`);
  for (const [name, value] of Object.entries(context.req.query())) url.searchParams.set(name, value);
  url.searchParams.set("cursor", writeCursor(cursor));
  return url.href;
}

export function readCursor(context: ApiContext): Cursor | null {
  const cursor = context.req.query("cursor");
  if (cursor === undefined) return null;
  const parts = /^(older|newer) (\d+)$/.exec(Buffer.from(cursor, "base64url").toString("utf8"));
  if (!parts) throw invalidParameter("Invalid cursor");
  return { direction: parts[1] === "newer" ? "newer" : "older", position: Number(parts[2]) };
}

/** Opaque to callers, as Replicate's are. */
const writeCursor = ({ direction, position }: Cursor) => Buffer.from(`${direction} ${position}`).toString("base64url");

/** One page of a list that is short enough to be at hand as a whole. */
export function pageOf<Item>(context: ApiContext, baseUrl: string, items: readonly Item[]) {
  const cursor = readCursor(context) ?? { direction: "older", position: 0 };
  const from = cursor.direction === "older" ? cursor.position : Math.max(0, cursor.position - PAGE_SIZE);
  const until = from + PAGE_SIZE;
  const link = (direction: Cursor["direction"], position: number) =>
    linkToPage(context, baseUrl, { direction, position });
  return {
    next: until < items.length ? link("older", until) : null,
    previous: from > 0 ? link("newer", from) : null,
    results: items.slice(from, until),
  };
}
