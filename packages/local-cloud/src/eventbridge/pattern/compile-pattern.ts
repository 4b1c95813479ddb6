import type { FlatEvent, Membership } from "./flatten-event.ts";
import type { Matcher } from "./matcher.ts";
import { type Branch, parsePattern } from "./parse-pattern.ts";

/** Throws InvalidEventPatternException with the reason. */
export function compilePattern(json: string): (event: FlatEvent) => boolean {
  const branches = parsePattern(json).map((branch: Branch) => [...branch]);
  return (event) => branches.some((fields) => matchesFields(fields, event, 0, []));
}

type Fields = [path: string, matchers: Matcher[]][];

/** All fields from `at` on, with leaves that lie in the same array elements as those chosen before. */
function matchesFields(fields: Fields, event: FlatEvent, at: number, chosen: Membership[]): boolean {
  const field = fields[at];
  if (field === undefined) return true;
  const [path, matchers] = field;
  const leaves = event.get(path);
  if (leaves === undefined) {
    return matchers.some(({ kind }) => kind === "absent") && matchesFields(fields, event, at + 1, chosen);
  }
  return leaves.some(
    ({ value, membership }) =>
      matchers.some((matcher) => matcher.kind === "value" && matcher.test(value)) &&
      chosen.every((other) => agree(membership, other)) &&
      matchesFields(fields, event, at + 1, membership === null ? chosen : [...chosen, membership]),
  );
}

/** Array consistency: two leaves of one array count together only from the same element of it. */
function agree(one: Membership, other: Membership): boolean {
  for (let a = one; a !== null; a = a.outer) {
    for (let b = other; b !== null; b = b.outer) {
      if (a.array === b.array && a.index !== b.index) return false;
    }
  }
  return true;
}
